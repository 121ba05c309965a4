// Sends what the published client says to the platform's gateway to the simulator instead. The client's own
// files stay as they are: only the module that puts requests on the wire is asked for another address.
const { createRequire } = require("node:module");

const PLATFORM = ["https://api.dingtalk.com", "https://oapi.dingtalk.com"];
const axios = createRequire(`${process.env.PEERS}/node_modules/dingtalk-stream/package.json`)("axios");

function redirected(config) {
  for (const host of PLATFORM) {
    if (config.url && config.url.startsWith(host)) config.url = process.env.DING_BASE + config.url.slice(host.length);
  }
  config.proxy = false;
  return config;
}

const { default: fallback } = axios;
for (const one of new Set([axios, fallback].filter(Boolean))) one.interceptors.request.use(redirected);
