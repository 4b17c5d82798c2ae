/** A real PostgreSQL for tests: in a folder of its own, on a Unix socket, as an ordinary user. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { openDatabase } from "../../hosts/dms/storage/database.js";
import type { PostgresUrl } from "../../hosts/dms/storage/postgres.js";

export interface PostgresOptions {
	/** It listens on 127.0.0.1 too, through TLS alone, with this key and certificate in PEM. */
	readonly tls?: { readonly key: string; readonly certificate: string };
}

export interface PostgresServer {
	/** A new database with our tables in it, or an empty one. */
	create(kind?: "migrated" | "empty"): Promise<PostgresUrl>;
	/** Runs statements as the server's owner, in this database. */
	ask(url: string, sql: string): Promise<pg.QueryResult["rows"]>;
	/** The URL of its databases' owner: for other processes that make databases of their own. */
	readonly url: string;
	/** Its port of TCP, with TLS. */
	readonly port: number;
	/** Makes a folder the server's own. */
	own(folder: string): void;
	/** `SIGINT` disconnects all and ends; `SIGQUIT` ends as when the machine's power fails. */
	kill(signal?: "SIGINT" | "SIGQUIT"): Promise<void>;
	start(): Promise<void>;
	stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root: there it runs as nobody. */
const nobody = { uid: 65_534, gid: 65_534 };
const owner = process.getuid?.() === 0 ? nobody : undefined;

/** Where Debian has its programs, the newest last; elsewhere they are in the path. */
const debianFolder = "/usr/lib/postgresql";

/** The folder of PostgreSQL's programs; `undefined` when it isn't installed, or can't run here. */
export function programFolder(): string | undefined {
	if (process.platform === "win32") return undefined;
	const versions = existsSync(debianFolder) ? readdirSync(debianFolder).sort() : [];
	const debian = versions.map((version) => join(debianFolder, version, "bin")).reverse();
	const folders = [...debian, ...(process.env["PATH"] ?? "").split(":")];
	return folders.find((folder) => existsSync(join(folder, "initdb")));
}

/** One database is for those with a password. */
const access = `
local secured all scram-sha-256
local all all trust
hostssl all all 127.0.0.1/32 trust
`;

export async function startPostgres({ tls }: PostgresOptions = {}): Promise<PostgresServer> {
	const programs = programFolder();
	if (programs === undefined) throw new Error("PostgreSQL is not installed");
	const folder = mkdtempSync(join(tmpdir(), "opendms-pg-"));
	const own = (path: string): void => {
		if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
	};
	own(folder);
	const data = join(folder, "data");
	// No machine loses its power here: what a process has written stays, also when it is killed.
	const make = ["-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C", "--auth=trust", "-N"];
	const options = { ...owner, cwd: folder };
	execFileSync(join(programs, "initdb"), make, { ...options, stdio: "pipe" });
	writeFileSync(join(data, "pg_hba.conf"), access);
	const port = tls === undefined ? portDefault : await freePort();
	const listening = ["-c", "listen_addresses=" + (tls === undefined ? "" : "127.0.0.1")];
	if (tls !== undefined) {
		for (const [name, text] of [
			["server.key", tls.key],
			["server.crt", tls.certificate],
		] as const) {
			writeFileSync(join(data, name), text, { mode: 0o600 });
			own(join(data, name));
		}
		listening.push("-c", "ssl=on", "-p", String(port));
	}
	let child: ChildProcess | undefined;
	const start = async (): Promise<void> => {
		// Nor is there anything to clean up in databases that live for a test.
		const quick = ["-c", "fsync=off", "-c", "autovacuum=off"];
		const words = ["-D", data, "-k", folder, ...quick, ...listening];
		child = spawn(join(programs, "postgres"), words, {
			...options,
			stdio: ["ignore", "ignore", "pipe"],
		});
		await ready(child);
	};
	const end = async (signal: NodeJS.Signals): Promise<void> => {
		const ended = child === undefined ? undefined : once(child, "close");
		child?.kill(signal);
		await ended;
		child = undefined;
	};
	await start();
	process.once("exit", () => child?.kill("SIGQUIT"));
	const url = `postgres://postgres@/postgres?host=${folder}&port=${port}`;
	return {
		...databasesOf(url),
		...{ url, port, own, start },
		kill: (signal = "SIGQUIT") => end(signal),
		async stop() {
			await end("SIGQUIT"); // What is thrown away needn't be written first.
			rmSync(folder, { recursive: true });
		},
	};
}

const portDefault = 5432;

/** One that nobody listens at now: PostgreSQL chooses none itself. */
async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, "close");
	return port;
}

/** For a server that another process has started. */
let template: Promise<string> | undefined;

export function databasesOf(url: string): Pick<PostgresServer, "create" | "ask"> {
	let count = 0;
	const named = (name: string): PostgresUrl =>
		`postgres://postgres@/${name}${url.slice(url.indexOf("?"))}`;
	const ask = async (where: string, sql: string): Promise<pg.QueryResult["rows"]> => {
		const client = new pg.Client({ connectionString: where });
		await client.connect();
		try {
			return (await client.query(sql)).rows;
		} finally {
			await client.end();
		}
	};
	const newDatabase = async (like: string): Promise<string> => {
		const name = "t" + process.pid + "_" + count++ + "_" + randomBytes(3).toString("hex");
		await ask(url, `create database ${name} template ${like}`);
		return name;
	};
	const newTemplate = async (): Promise<string> => {
		const name = await newDatabase("template0");
		await (await openDatabase(named(name))).destroy();
		return name;
	};
	return {
		ask,
		async create(kind = "migrated") {
			if (kind === "empty") return named(await newDatabase("template0"));
			template ??= newTemplate();
			return named(await newDatabase(await template));
		},
	};
}

async function ready(child: ChildProcess): Promise<void> {
	if (child.stderr === null) throw new Error("no standard error");
	const said: string[] = [];
	for await (const line of createInterface({ input: child.stderr })) {
		said.push(line);
		if (!line.includes("ready to accept connections")) continue;
		child.stderr.resume();
		return;
	}
	throw new Error(said.join("\n"));
}
