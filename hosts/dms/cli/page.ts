/** What `opendms serve` serves people: the page and the API, at a place of their own. */

import { isIP } from "node:net";
import { type Command, InvalidArgumentError } from "commander";
import { parseAddress } from "../../../src/protocol/token.js";
import type { Invite } from "../administration/invites.js";
import type { Metrics } from "../api/metrics.js";
import { OperatorError } from "../operator-error.js";
import type { OidcSettings } from "../people/oidc-settings.js";
import type { Service } from "../service.js";
import type { Terminal } from "./terminal.js";

export interface Socket {
	readonly host: string;
	readonly port: number;
}

export interface PageOptions {
	/** `false`: neither page nor API. */
	readonly api?: Socket | false;
	readonly apiCertificate?: string;
	readonly apiKey?: string;
	readonly behindProxy?: string;
	readonly oidc?: string;
}

export interface PageListener {
	/** Where it is; people may reach it elsewhere. */
	readonly url: string;
	/** Where people reach it. */
	readonly page: string;
	/** For the first admin, where none can log in yet. */
	readonly invite: Invite | undefined;
	close(): Promise<void>;
}

/** Whoever isn't told otherwise finds it there. */
const socketDefault: Socket = Object.freeze({ host: "127.0.0.1", port: 8444 });

export function addPageOptions(command: Command): Command {
	return command
		.option(
			"--api <ip:port>",
			"where page and API are (default: 127.0.0.1:8444, or a free port)",
			parseSocket,
		)
		.option("--no-api", "serve neither page nor API")
		.option("--api-certificate <file>", "PEM; needed where other machines reach them")
		.option("--api-key <file>", "of that certificate, PEM")
		.option(
			"--behind-proxy <url>",
			"people reach them there, through a proxy with TLS that says who asks: x-forwarded-for",
			parseUrl,
		)
		.option("--oidc <file>", "JSON: the identity provider with which people log in");
}

/** Listens for people, who are told where; `undefined` where nothing is to be served. */
export async function listenForPeople(
	service: Service,
	options: PageOptions,
	environment: Terminal["environment"],
	metrics?: Metrics,
): Promise<PageListener | undefined> {
	const {
		api: socket,
		apiCertificate: certificate,
		apiKey: key,
		behindProxy,
		oidc: file,
	} = options;
	if ((certificate === undefined) !== (key === undefined)) {
		const message = "They go together: --api-certificate <file> --api-key <file>";
		throw new OperatorError("usage", message);
	}
	if (socket === false) return undefined;
	const tls = certificate === undefined || key === undefined ? undefined : { certificate, key };
	// What only the page needs is loaded with it.
	const { listenForApi } = await import("../api/api-listener.js");
	const oidc = file === undefined ? undefined : await oidcSettingsOf(file, environment);
	const listenAt = ({ host, port }: Socket) =>
		tellingWhere({ host, port }, "--api", () =>
			listenForApi(service, { host, port, tls, metrics, behindProxy, oidc }),
		);
	const listener = await (socket === undefined
		? listenAt(socketDefault).catch(() => listenAt({ ...socketDefault, port: 0 }))
		: listenAt(socket));
	try {
		const page = behindProxy ?? pageOf(service, listener.url);
		return { ...listener, page, invite: await service.openPage(page) };
	} catch (error) {
		await listener.close();
		throw error;
	}
}

async function oidcSettingsOf(
	file: string,
	environment: Terminal["environment"],
): Promise<OidcSettings> {
	const { readOidcSettings } = await import("../people/oidc-settings.js");
	return readOidcSettings(file, environment["OPENDMS_OIDC_SECRET"]);
}

/** Behind a certificate it is called what devices call the service: nobody can go to 0.0.0.0. */
function pageOf(service: Service, url: string): string {
	const { protocol, port } = new URL(url);
	const address = parseAddress(service.addresses[0] ?? "");
	return protocol === "https:" && address !== undefined
		? `https://${address.host}:${port || "443"}`
		: url;
}

/** A place that can't be listened at is told with the option that chooses another. */
export async function tellingWhere<T>(
	place: Socket,
	option: string,
	work: () => Promise<T>,
): Promise<T> {
	try {
		return await work();
	} catch (error) {
		const code = error instanceof Error && "code" in error ? error.code : undefined;
		const where = place.host + ":" + place.port;
		if (code === "EADDRINUSE") {
			const message = where + " is in use. Stop what uses it, or choose another: " + option;
			throw new OperatorError("usage", message);
		}
		if (code === "EACCES" || code === "EADDRNOTAVAIL") {
			const advice = " can't be listened at. Choose another: " + option + " 0.0.0.0:8443";
			throw new OperatorError("usage", where + advice);
		}
		throw error;
	}
}

/** `127.0.0.1:8443`, `[::1]:8443`; port 0 is any free one. */
export function parseSocket(text: string): Socket {
	const [, host = "", portText] = /^\[?([^\]]*?)\]?:(\d{1,5})$/.exec(text) ?? [];
	const port = Number(portText);
	if (isIP(host) !== 0 && port <= 0xffff) return { host, port };
	throw new InvalidArgumentError("Write an IP address and a port, such as 0.0.0.0:8443.");
}

function parseUrl(text: string): string {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url?.protocol === "https:" && url.origin === text.replace(/\/$/, "")) return url.origin;
	throw new InvalidArgumentError("Write what people type, such as https://dms.example.com");
}
