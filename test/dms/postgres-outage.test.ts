/** A real PostgreSQL that restarts, fills its disk or shows a certificate, and what comes of it. */

import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { createAuthority } from "../../hosts/dms/authority/authority.js";
import {
	certificatePem,
	createPrivateKeyP256,
	privateKeyPem,
} from "../../hosts/dms/authority/credential.js";
import type { LogEntry } from "../../hosts/dms/log.js";
import { openService, type Service } from "../../hosts/dms/service.js";
import type { PostgresUrl } from "../../hosts/dms/storage/postgres.js";
import { provisionReplyOf, refusalOf, type Reply, sendTo } from "./bench.js";
import { createClock } from "./clock.js";
import { sendThroughTls } from "./connection.js";
import { type PostgresServer, programFolder, startPostgres } from "./postgres-server.js";
import { createDevice, type Draft } from "./protocol-device.js";
import { fillDisk, mountDisk } from "./small-disk.js";
import { createTool } from "./tool.js";

const skip = programFolder() === undefined && "PostgreSQL is not installed";
const clock = createClock(Date.now());
const authority = createAuthority(clock.seconds());
const certifiedName = "localhost";

let started: Promise<PostgresServer> | undefined;
after(async () => (await started)?.stop());

function server(): Promise<PostgresServer> {
	const key = createPrivateKeyP256();
	const { certificate } = authority.certifyServer(key, [certifiedName], clock.seconds());
	const tls = { key: privateKeyPem(key), certificate: certificatePem(certificate) };
	return (started ??= startPostgres({ tls }));
}

interface Opened {
	readonly service: Service;
	readonly log: LogEntry[];
	/** A provisioning that nobody has sent yet. */
	draft(): Promise<Draft>;
}

async function open(context: TestContext, database: PostgresUrl): Promise<Opened> {
	const log: LogEntry[] = [];
	const addresses = ["dms.example.com"];
	const service = await openService({ database, addresses, log: (entry) => log.push(entry) });
	context.after(() => service.close());
	await service.serverFiles();
	const draft = async (): Promise<Draft> => {
		const { token } = await service.tokens.addProvisioning();
		return createDevice(clock).provision(token);
	};
	return { service, log, draft };
}

test(
	"who PostgreSQL is, its certificate says, by the CA that is named",
	{ skip },
	async (context) => {
		const { create, ask, port, url } = await server();
		const tool = createTool(context);
		const file = join(tool.folder, "ca.pem");
		writeFileSync(file, certificatePem(authority.credential.certificate));
		const [, name = ""] = /\/(t\w+)\?/.exec(await create()) ?? [];
		const at = (host: string, options: string) =>
			`postgres://postgres@${host}:${port}/${name}?${options}` as const;
		const { service } = await open(
			context,
			at(certifiedName, "sslmode=verify-full&sslrootcert=" + file),
		);
		const [row] = await ask(
			url,
			`select bool_and(ssl) as "isEncrypted" from pg_stat_ssl join pg_stat_activity using (pid)
			where application_name = 'opendms' and datname = '${name}'`,
		);
		assert.equal(row?.isEncrypted, true);
		const words = (database: string) => [
			"--data",
			tool.data,
			"--database",
			database,
			"user",
			"list",
		];
		const list = async (database: string) => (await tool.run(...words(database))).error;
		await service.users.add("alice");
		// It asks for no less than `verify-full` here, and nothing is said about that.
		const required = at(certifiedName, "sslmode=require&sslrootcert=" + file);
		const { out, error } = await tool.spawn(...words(required));
		assert.match(out, /^name .*\nalice/);
		assert.equal(error, "");
		for (const [host, options] of [
			[certifiedName, "sslmode=require"],
			["127.0.0.1", "sslmode=verify-full&sslrootcert=" + file],
		] as const) {
			assert.match(
				await list(at(host, options)),
				/^opendms: PostgreSQL's certificate is not trusted\. /,
			);
		}
		assert.match(
			await list(at(certifiedName, "sslmode=verify-full&sslrootcert=/nowhere/ca.pem")),
			/^opendms: [^\n]*\/nowhere\/ca\.pem[^\n]*--database[^\n]*\n$/,
		);
		assert.match(
			await list(at(certifiedName, "sslmode=disable")),
			/^opendms: PostgreSQL refuses the role\. /,
		);
	},
);

test(
	"PostgreSQL restarts under load, and nothing acknowledged is lost",
	{ skip },
	async (context) => {
		const postgres = await server();
		const database = await postgres.create("empty");
		const tool = createTool(context, database);
		const where = ["--address", "dms.example.com:8443", "--listen", "127.0.0.1:0", "--no-api"];
		const serving = await tool.serve("--json", ...where);
		const port = Number(/"port":(\d+)/.exec(serving.line)?.[1]);
		const listener = { host: "127.0.0.1", port, close: async () => {} };
		const ca = await tool.authority();
		const { service, draft } = await open(context, database);
		for (const signal of ["SIGINT", "SIGQUIT"] as const) {
			const answers = new Map<Draft, Reply>();
			let hearRefusal = (): void => {};
			const isRefused = new Promise<void>((resolve) => (hearRefusal = resolve));
			const send = async (one: Draft): Promise<void> => {
				for (;;) {
					const reply = await sendThroughTls(listener, one, ca);
					if (reply.status === 200) return void answers.set(one, reply);
					assert.deepEqual([reply.status, refusalOf(reply).rule], [503, "busy"]);
					hearRefusal();
				}
			};
			const drafts: Draft[] = [];
			while (drafts.length < 12) drafts.push(await draft());
			const sent = drafts.map(send);
			await Promise.race(sent);
			await postgres.kill(signal);
			await isRefused;
			await postgres.start();
			await Promise.all(sent);
			for (const [one, first] of answers) {
				const again = await sendThroughTls(listener, one, ca);
				assert.deepEqual(provisionReplyOf(again), provisionReplyOf(first));
			}
		}
		assert.equal((await service.devices.list()).length, 24);
		const { code, error } = await serving.stop();
		assert.equal(code, 0, error);
		const faults = [...error.matchAll(/"error":"([^"]*)"/g)].map(([, fault]) => fault);
		assert.ok(faults.length > 0, error);
		for (const fault of faults)
			assert.match(fault ?? "", /^PostgreSQL (can't be reached|is starting)/);
	},
);

const disk = skip === false ? mountDisk(24) : undefined;
if (disk !== undefined) after(disk.unmount);
const withoutDisk = disk === undefined && "only root can make a disk";

test(
	"PostgreSQL's disk is full, and has room again",
	{ skip: skip || withoutDisk },
	async (context) => {
		assert.ok(disk);
		const { create, ask, own, url } = await server();
		own(disk.folder);
		const database = await create();
		const [, name = ""] = /\/(t\w+)\?/.exec(database) ?? [];
		await ask(url, `create tablespace small location '${disk.folder}'`);
		await ask(url, `alter database ${name} set tablespace small`);
		const filler = join(disk.folder, "filler");
		const { service, log, draft } = await open(context, database);
		const drafts: Draft[] = [];
		while (drafts.length < 60) drafts.push(await draft());
		fillDisk(filler);
		let last: Draft | undefined;
		let refused: Reply | undefined;
		for (last of drafts) {
			refused = await sendTo(service, last);
			if (refused.status !== 200) break;
		}
		assert.ok(last && refused);
		assert.deepEqual([refused.status, refusalOf(refused).rule], [503, "busy"]);
		assert.equal(refused.headers.get("retry-after"), "300");
		const faults = log.flatMap((entry) => (entry.kind === "fault" ? [String(entry.error)] : []));
		assert.match(faults.join(), /^The disk is full\. Make room on it\./);
		rmSync(filler);
		provisionReplyOf(await sendTo(service, last));
	},
);
