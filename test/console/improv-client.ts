/** The official Improv client of browsers, in Node: its port is a pair of streams. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import ts from "typescript";

/** What of its class `ImprovSerial` the tests use. */
export interface ImprovClient {
	readonly state: number | undefined;
	readonly nextUrl: string | undefined;
	readonly error: number;
	initialize(timeoutMilliseconds: number): Promise<{
		readonly name: string;
		readonly firmware: string;
		readonly version: string;
		readonly chipFamily: string;
	}>;
	provision(ssid: string, password: string): Promise<void>;
	scan(): Promise<
		readonly { readonly name: string; readonly rssi: number; readonly secured: boolean }[]
	>;
	getHostname(): Promise<string>;
	setHostname(hostname: string): Promise<string>;
	getDeviceName(): Promise<string>;
	setDeviceName(name: string): Promise<string>;
	requestCurrentState(): Promise<void>;
	requestNetworkState(): Promise<{ readonly online: boolean }>;
	close(): Promise<void>;
}

export interface Port {
	readonly readable: ReadableStream<Uint8Array>;
	readonly writable: WritableStream<Uint8Array>;
}

const require = createRequire(import.meta.url);
const files = ["serial.js", "const.js", "util/hex-formatter.js", "util/to-hex.js"];
const logger = { log: () => undefined, error: () => undefined, debug: () => undefined };

/** Its modules are for bundlers: they import without file extensions, which Node doesn't. */
export function createImprovClient(context: TestContext, port: Port): ImprovClient {
	const folder = mkdtempSync(join(tmpdir(), "opendms-improv-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const dist = dirname(require.resolve("improv-wifi-serial-sdk"));
	const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
	for (const file of files) {
		const source = readFileSync(join(dist, file), "utf8");
		mkdirSync(dirname(join(folder, file)), { recursive: true });
		writeFileSync(join(folder, file), ts.transpileModule(source, { compilerOptions }).outputText);
	}
	const {
		ImprovSerial,
	}: { ImprovSerial: new (port: Port, log: typeof logger) => ImprovClient } = require(
		join(folder, "serial.js"),
	);
	return new ImprovSerial(port, logger);
}
