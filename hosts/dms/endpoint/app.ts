/** The table of endpoints, and what surrounds each: the transport's rule, faults, the log. */

import { randomBytes } from "node:crypto";
import { decodeActivateRequest, decodeClaimRequest, path } from "../../../src/protocol/messages.js";
import { bundlePath, decodeUpdateQuery, decodeUpdateReport } from "../../../src/protocol/update.js";
import { type Core, timeOf } from "../core.js";
import { unknownPath } from "../log.js";
import { databaseFailureOf } from "../storage/failures.js";
import { acknowledge } from "./acknowledge.js";
import { activate } from "./activate.js";
import { answerSignature } from "./answer-signature.js";
import { type Answer, refuse, refuseRequest, refuseUntilRoom, refuseUntilThere } from "./answer.js";
import { type Fields, type Incoming, parseTarget } from "./incoming.js";
import { claim } from "./claim.js";
import { bodylessDeviceEndpoint, deviceEndpoint } from "./device-endpoint.js";
import { image, statement } from "./bundle.js";
import { beginExchange, type Endpoint } from "./exchange.js";
import { hello } from "./hello.js";
import { provision } from "./provision.js";
import { release } from "./release.js";
import { renew } from "./renewal.js";
import { revocationList, revocationListPath } from "./revocation-list.js";
import { reportUpdate, update, updateUnchanged } from "./update.js";

const endpoints: { readonly [path: string]: { readonly [method: string]: Endpoint } } =
	Object.freeze({
		[path.hello]: { GET: hello },
		[revocationListPath]: { GET: revocationList },
		[path.provision]: { POST: provision, PUT: acknowledge },
		[path.renewal]: { POST: renew },
		[path.claim]: {
			POST: deviceEndpoint(decodeClaimRequest, claim),
			DELETE: bodylessDeviceEndpoint(release),
		},
		[path.activate]: { POST: deviceEndpoint(decodeActivateRequest, activate) },
		[path.update]: {
			POST: deviceEndpoint(decodeUpdateQuery, update, updateUnchanged),
			PUT: deviceEndpoint(decodeUpdateReport, reportUpdate),
		},
		[bundlePath(":bundle", "statement")]: { GET: statement },
		[bundlePath(":bundle", "image")]: { GET: image },
	});

/** Plain HTTP tells what is signed and for all: nothing else goes without TLS. */
const plain: ReadonlySet<Endpoint> = new Set([hello, revocationList]);

const upgradeHeaders = Object.freeze({ upgrade: "TLS/1.2, HTTP/1.1", connection: "upgrade" });

/** A bundle's UUID is a part of its paths. */
const bundlePattern = /^\/update\/[^/]+\/(statement|image)$/;

/** Enough to find one request in a day's log. */
const requestIdLength = 6;

/** The whole service as a function from request to answer; never fails. */
export type App = (incoming: Incoming) => Promise<Answer>;

export function createApp(core: Core): App {
	return async (incoming) => {
		const start = core.now();
		const id = randomBytes(requestIdLength).toString("hex");
		const { method, isEncrypted, client, fields } = incoming;
		const path = routeOf(parseTarget(incoming.target).path);
		const endpoint = endpointOf(path, method);
		const answer =
			isEncrypted || plain.has(endpoint)
				? await guarded(core, incoming, path, endpoint)
				: refuseRequest(426, "Ask through TLS: plain HTTP answers hello only.", upgradeHeaders);
		const { status, rule, who } = answer;
		const milliseconds = core.now() - start;
		core.log({ kind: "request", method, path, status, rule, who, milliseconds, client, id });
		const headers = { ...answer.headers, "request-id": id };
		return signed(core, { ...answer, headers }, fields);
	};
}

/** Without a key the answer goes as it is: a device takes it for an outage, and asks again. */
async function signed(core: Core, answer: Answer, asked: Fields): Promise<Answer> {
	try {
		const signature = await answerSignature(answer, asked, core.serverCredential, timeOf(core));
		return { ...answer, headers: { ...answer.headers, ...signature } };
	} catch (error) {
		core.log({ kind: "fault", during: "signing an answer", error });
		return answer;
	}
}

/** The table's name of a path as it was sent, which is also what the signature covers. */
function routeOf(path: string): string {
	if (Object.hasOwn(endpoints, path)) return path;
	const [, part] = bundlePattern.exec(path) ?? [];
	return part === undefined ? unknownPath : bundlePath(":bundle", part as "statement" | "image");
}

function endpointOf(path: string, method: string): Endpoint {
	const methods = endpoints[path];
	if (methods === undefined) return refusePath;
	const endpoint = Object.hasOwn(methods, method) ? methods[method] : undefined;
	if (endpoint !== undefined) return endpoint;
	const allow = Object.keys(methods).join(", ");
	const sentence = "Only " + allow + " may be asked of " + path + ".";
	return async () => refuseRequest(405, sentence, { allow });
}

async function refusePath(): Promise<Answer> {
	return refuseRequest(404, "The service has nothing at this path. Update the device's firmware.");
}

/** An endpoint's answer; when it throws, `busy` or a `fault` that only the log explains. */
async function guarded(
	core: Core,
	incoming: Incoming,
	path: string,
	endpoint: Endpoint,
): Promise<Answer> {
	try {
		return await endpoint(beginExchange(core, incoming));
	} catch (error) {
		const failure = databaseFailureOf(error);
		if (failure?.kind === "busy") return refuse("busy");
		const during = incoming.method + " " + path;
		if (failure !== undefined) {
			core.log({ kind: "fault", during, error: failure.sentence });
			return failure.kind === "full" ? refuseUntilRoom() : refuseUntilThere();
		}
		core.log({ kind: "fault", during, error });
		return refuse("fault");
	}
}
