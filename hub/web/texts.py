"""The words of the start page, in both languages; `portal.html` says where they stand."""

from __future__ import annotations

ENGLISH = {
    "lang": "en",
    "other": "zh",
    "other_name": "中文",
    "title": "Regional talent data hub",
    "lead": (
        "One GraphQL API for talents, parks, projects and cooperation, shared by the city with its "
        "partner cities, park operators and departments. Each sees what its scopes, its agreement, "
        "its purpose and the person's consent allow, and is told what was withheld and why."
    ),
    "token_title": "1. Get a token",
    "token_text": (
        "The hub's administrators register a client for your system and grant it scopes. With its "
        "credentials you get an access token for ten minutes; send it in the Authorization header "
        "and nowhere else."
    ),
    "token_secret": "A client with a secret (client_secret_basic):",
    "token_key": (
        "A client with a key of its own signs an assertion instead (private_key_jwt, RFC 7523); "
        "the metadata below names the algorithms."
    ),
    "token_demo": (
        "This is a demonstration: all persons are made up, and on the machine that runs the hub "
        "this prints a token for one of its clients:"
    ),
    "query_title": "2. Ask",
    "query_text": "Lists are pages of 1 to 100 rows; say how many you want.",
    "query_withheld": (
        "A value that you may not see is null, and extensions.access.withheld names its path, the "
        "reason and what would be needed. If your token lists several purposes, the header "
        "Hub-Purpose picks one."
    ),
    "endpoints_title": "What is served here",
    "errors_title": "When something is refused",
    "errors_text": (
        "Every error has a stable extensions.code, a sentence in English and Chinese and the next "
        "step. Each answer carries X-Request-Id: quote it when you ask for help."
    ),
}

CHINESE = {
    "lang": "zh",
    "other": "en",
    "other_name": "English",
    "title": "区域人才数据枢纽",
    "lead": (
        "面向合作城市、园区运营方与政府部门的统一 GraphQL 接口,提供人才、园区、项目与合作数据。"
        "各方所见取决于其权限、数据共享协议、使用目的与本人授权;未予提供的数据会逐项说明原因。"
    ),
    "token_title": "1. 获取访问令牌",
    "token_text": (
        "由枢纽管理员为贵方系统登记接入应用并授予权限。凭应用凭据换取有效期十分钟的访问令牌,"
        "仅可通过 Authorization 请求头发送。"
    ),
    "token_secret": "使用密钥的应用(client_secret_basic):",
    "token_key": "使用自有密钥对的应用改为签发断言(private_key_jwt,RFC 7523),算法见元数据。",
    "token_demo": "当前为演示环境,人员信息均为虚构;在运行枢纽的机器上,以下命令打印演示应用的令牌:",
    "query_title": "2. 发起查询",
    "query_text": "列表按页返回,每页 1 至 100 条,须指明条数。",
    "query_withheld": (
        "无权查看的值返回 null,并在 extensions.access.withheld 中给出路径、原因与所需条件。"
        "令牌含多个使用目的时,以 Hub-Purpose 请求头指定其一。"
    ),
    "endpoints_title": "服务地址",
    "errors_title": "请求被拒绝时",
    "errors_text": (
        "每个错误均含固定的 extensions.code、中英文说明与下一步建议。"
        "每次响应带有 X-Request-Id,寻求协助时请提供。"
    ),
}

ENDPOINTS = (
    (
        "/graphql",
        False,
        "The whole API, by POST; queries also by GET.",
        "全部接口,POST;查询亦可 GET。",
    ),
    (
        "/schema.graphql",
        True,
        "Its schema, with descriptions and scopes.",
        "接口模式,含说明与权限。",
    ),
    (
        "/oauth/token",
        False,
        "Access tokens (OAuth 2.0, RFC 6749).",
        "访问令牌(OAuth 2.0,RFC 6749)。",
    ),
    (
        "/.well-known/oauth-authorization-server",
        True,
        "Metadata of the authorization server (RFC 8414).",
        "授权服务器元数据(RFC 8414)。",
    ),
    (
        "/.well-known/oauth-protected-resource",
        True,
        "Metadata of the API: scopes and where to get tokens (RFC 9728).",
        "接口元数据:权限与令牌获取地址(RFC 9728)。",
    ),
    ("/oauth/jwks", True, "Public keys that tokens are signed with.", "令牌签名公钥。"),
    ("/healthz", True, "Whether the process lives.", "进程是否存活。"),
    (
        "/readyz",
        True,
        "Whether it can serve: database and migrations.",
        "是否可服务:数据库与迁移。",
    ),
)
"""Path, whether a browser can open it, what it is for in both languages."""
