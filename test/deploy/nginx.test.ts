/** The page and the API behind a real nginx, with the configuration that we give away. */

import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { createTool } from "../dms/tool.js";
import { password } from "../people/people.js";

const file = fileURLToPath(new URL("../../../hosts/dms/deploy/nginx.conf", import.meta.url));
const host = "dms.example.com";
const path = { ...process.env, PATH: (process.env["PATH"] ?? "") + ":/usr/sbin" };
const isThere = (program: string, word: string) => spawnSync(program, [word], { env: path }).status;
const skip =
	(isThere("nginx", "-v") !== 0 || isThere("openssl", "version") !== 0) &&
	"nginx or openssl is missing";

/** Starts nginx with our file in front of `api`, at a socket in a folder of its own. */
async function startNginx(context: TestContext, api: string): Promise<string> {
	const folder = mkdtempSync(join(tmpdir(), "opendms-nginx-"));
	const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
	const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
	const written = ["-keyout", key, "-out", certificate, "-subj", "/CN=" + host];
	execFileSync("openssl", ["req", "-x509", ...curve, ...written], { stdio: "ignore" });
	const socket = join(folder, "socket");
	const server = readFileSync(file, "utf8")
		.replace("listen 443", "listen unix:" + socket)
		.replace(/listen \[::\].*/, "")
		.replace("/etc/ssl/dms.example.com.pem", certificate)
		.replace("/etc/ssl/dms.example.com.key", key)
		.replace("http://127.0.0.1:8444", api);
	const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
	const places = kinds.map((kind) => `${kind}_temp_path ${join(folder, kind)};`);
	const http = ["access_log off;", ...places, server].join("\n");
	const main = `daemon off; pid ${join(folder, "pid")}; error_log stderr;`;
	writeFileSync(join(folder, "nginx.conf"), `${main}\nevents {}\nhttp {\n${http}\n}\n`);
	const watcher = watch(folder);
	const words = ["-e", "stderr", "-p", folder, "-c", join(folder, "nginx.conf")];
	const nginx = spawn("nginx", words, { env: path, stdio: ["ignore", "ignore", "pipe"] });
	let said = "";
	nginx.stderr.on("data", (bytes: Buffer) => (said += bytes.toString()));
	const ended = once(nginx, "close");
	context.after(async () => {
		nginx.kill();
		await ended;
		rmSync(folder, { recursive: true });
	});
	// It listens when its number is written.
	const failed = ended.then(() => assert.fail(said));
	while (!existsSync(join(folder, "pid"))) await Promise.race([once(watcher, "change"), failed]);
	failed.catch(() => {});
	watcher.close();
	return socket;
}

interface Asked {
	readonly method?: string;
	readonly headers?: { readonly [name: string]: string };
	readonly body?: string | Buffer;
}

async function ask(socketPath: string, path: string, { method = "GET", headers, body }: Asked) {
	const asked = request({
		...{ socketPath, path, method, servername: host, rejectUnauthorized: false },
		headers: { host, origin: "https://" + host, ...headers },
	});
	asked.on("error", () => {}); // nginx may answer before it has read everything.
	asked.end(body);
	const [answer] = (await once(asked, "response")) as [IncomingMessage];
	return answer;
}

async function textOf(answer: IncomingMessage): Promise<string> {
	let text = "";
	for await (const part of answer.setEncoding("utf8")) text += String(part);
	return text;
}

test("people log in through nginx, and see what changes at once", { skip }, async (context) => {
	const tool = createTool(context);
	const words = ["--address", host + ":8443", "--listen", "127.0.0.1:0", "--api", "127.0.0.1:0"];
	const serving = await tool.serve(...words, "--json", "--behind-proxy", "https://" + host);
	const { api, invite }: { api: string; invite: string } = JSON.parse(serving.line);
	const socket = await startNginx(context, api);

	const body = JSON.stringify({ invite: invite.split("#")[1], password });
	const accepted = await ask(socket, "/api/v1/session/invite", { method: "POST", body });
	assert.equal(accepted.statusCode, 200, await textOf(accepted));
	const [cookie = ""] = (accepted.headers["set-cookie"]?.[0] ?? "").split(";");
	assert.match(cookie, /^__Host-opendms=/);

	const events = await ask(socket, "/events?on=devices?", { headers: { cookie } });
	const [first] = (await once(events, "data")) as [Buffer];
	assert.match(first.toString(), /^retry: \d+\n\n/);
	events.destroy();

	const bytes = Buffer.alloc(3 * 2 ** 20);
	const type = { cookie, "content-type": "application/octet-stream" };
	const bundle = { method: "POST", headers: type, body: bytes };
	const refused = await ask(socket, "/api/v1/bundles", bundle);
	assert.match(await textOf(refused), /"rule":/, "the service itself says what is wrong with it");
	await serving.stop();
	const gone = await ask(socket, "/healthz", {});
	assert.equal(gone.statusCode, 502);
});
