// The audit suite of graphql-http against a running hub: one line of JSON for each audit.
// Usage: node audit.js URL

import { serverAudits } from "graphql-http";

for (const audit of serverAudits({ url: process.argv[2] })) {
  const { status, reason } = await audit.fn();
  console.log(JSON.stringify({ id: audit.id, name: audit.name, status, reason }));
}
