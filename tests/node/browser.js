// A real Chromium on a phone's screen, with JavaScript switched off: a person signs in at an app and
// allows it. It prints where the app was called back, and whatever the browser complained of.
// The app is a server of its own on another port, so that the redirect crosses origins.

import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import chromium from '@sparticuz/chromium'
import { chromium as playwright } from 'playwright-core'

const { issuer, query, username, password, language, pictures } = JSON.parse(process.argv[2])

// The browser is unpacked beside the packages: another checkout's run may be unpacking its own.
process.env.TMPDIR = fileURLToPath(new URL('node_modules/.chromium', import.meta.url))
mkdirSync(process.env.TMPDIR, { recursive: true })

const app = createServer((_, response) => response.end('back at the app')).listen(0, '127.0.0.1')
await once(app, 'listening')
const redirect_uri = `http://127.0.0.1:${app.address().port}/back`
const address = `${issuer}/oauth/authorize?${new URLSearchParams({ ...query, redirect_uri })}`
const executablePath = process.env.CHROMIUM || (await chromium.executablePath())

// What has just been unpacked may not be closed yet, and a file that is written to cannot be run.
async function launched(tries = 50) {
  const args = [...chromium.args, '--disable-background-networking', '--no-first-run']
  try {
    return await playwright.launch({ executablePath, args, headless: true })
  } catch (error) {
    if (error.code !== 'ETXTBSY' || tries === 0) throw error
    await setTimeout(100)
    return launched(tries - 1)
  }
}
const browser = await launched()
try {
  const context = await browser.newContext({
    viewport: { width: 390, height: 780 },
    locale: language,
    javaScriptEnabled: false,
  })
  const page = await context.newPage()
  const complaints = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  const picture = async (name) => pictures && page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true })
  const wide = async () => (await page.locator('main').boundingBox()).width

  await page.goto(address)
  await picture('sign-in')
  const widths = [await wide()]
  await page.fill('[name=username]', username)
  await page.fill('[name=password]', 'not the password')
  await page.click('button[name=sign_in]')
  const problem = await page.textContent('.problem')
  await page.fill('[name=password]', password)
  await page.click('button[name=sign_in]')
  await page.waitForSelector('button[name=approve]')
  await picture('consent')
  widths.push(await wide())
  const title = await page.title()
  const consent = await page.textContent('main')

  await page.click('button[name=approve]')
  await page.waitForURL(`${redirect_uri}**`)
  const back = page.url()
  await page.goto(new URL('/account', address).href)
  await picture('account')
  const account = await page.textContent('main')
  const cookies = (await context.cookies()).map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite }))

  console.log(JSON.stringify({ back, title, consent, problem, account, cookies, widths, complaints }))
} finally {
  await browser.close()
  app.close()
}
