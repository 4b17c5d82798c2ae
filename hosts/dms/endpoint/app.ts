/** The table of endpoints, and what surrounds each: the transport's rule, faults, the log. */

import { Hono } from "hono";
import { decodeActivateRequest, decodeClaimRequest, path } from "../../../src/protocol/messages.js";
import { bundlePath, decodeUpdateQuery, decodeUpdateReport } from "../../../src/protocol/update.js";
import { type Core, timeOf } from "../core.js";
import { unknownPath } from "../log.js";
import { isBusy, isDiskFull } from "../storage/sqlite.js";
import { acknowledge } from "./acknowledge.js";
import { activate } from "./activate.js";
import { answerSignature } from "./answer-signature.js";
import { type Answer, refuse, refuseRequest, refuseUntilRoom, toResponse } from "./answer.js";
import { type Arrival, parseTarget } from "./arrival.js";
import { claim } from "./claim.js";
import { bodylessDeviceEndpoint, deviceEndpoint } from "./device-endpoint.js";
import { image, statement } from "./bundle.js";
import { beginExchange, type Endpoint } from "./exchange.js";
import { hello } from "./hello.js";
import { provision } from "./provision.js";
import { release } from "./release.js";
import { reportUpdate, update, updateUnchanged } from "./update.js";

const endpoints: { readonly [path: string]: { readonly [method: string]: Endpoint } } =
	Object.freeze({
		[path.hello]: { GET: hello },
		[path.provision]: { POST: provision, PUT: acknowledge },
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

/** Plain HTTP tells who we are and what time it is; nothing else goes without TLS. */
const upgradeHeaders = Object.freeze({ upgrade: "TLS/1.2, HTTP/1.1", connection: "upgrade" });

export interface App {
	fetch(request: Request, arrival: Arrival): Promise<Response>;
}

/** The whole service as a function from request to response. */
export function createApp(core: Core): App {
	// Routes go by the path as it was sent, which is also what the signature covers.
	const app = new Hono<{ Bindings: Arrival }>({
		getPath: (_request, options) => parseTarget(options?.env?.target ?? "").path,
	});
	for (const [path, methods] of Object.entries(endpoints)) {
		for (const [method, endpoint] of Object.entries(methods)) {
			app.on(method, path, ({ req, env }) => respond(core, req.raw, env, path, endpoint));
		}
		const allow = Object.keys(methods).join(", ");
		const sentence = "Only " + allow + " may be asked of " + path + ".";
		const refuseMethod = async () => refuseRequest(405, sentence, { allow });
		app.all(path, ({ req, env }) => respond(core, req.raw, env, path, refuseMethod));
	}
	app.notFound(({ req, env }) => respond(core, req.raw, env, unknownPath, refusePath));
	return { fetch: async (request, arrival) => app.fetch(request, arrival) };
}

async function refusePath(): Promise<Answer> {
	return refuseRequest(404, "The service has nothing at this path. Update the device's firmware.");
}

async function respond(
	core: Core,
	request: Request,
	arrival: Arrival,
	path: string,
	endpoint: Endpoint,
): Promise<Response> {
	const start = core.now();
	const isAllowedPlain = endpoint === hello;
	const answer =
		arrival.isEncrypted || isAllowedPlain
			? await guarded(core, request, arrival, path, endpoint)
			: refuseRequest(426, "Ask through TLS: plain HTTP answers hello only.", upgradeHeaders);
	const { status, rule, who } = answer;
	const milliseconds = core.now() - start;
	const { method } = request;
	core.log({ kind: "request", method, path, status, rule, who, milliseconds });
	const signature = answerSignature(answer, request.headers, core.serverCredential, timeOf(core));
	return toResponse({ ...answer, headers: { ...answer.headers, ...signature } }, core.now());
}

/** An endpoint's answer; when it throws, `busy` or a `fault` that only the log explains. */
async function guarded(
	core: Core,
	request: Request,
	arrival: Arrival,
	path: string,
	endpoint: Endpoint,
): Promise<Answer> {
	try {
		return await endpoint(beginExchange(core, request, arrival));
	} catch (error) {
		if (isBusy(error)) return refuse("busy");
		const during = request.method + " " + path;
		if (isDiskFull(error)) {
			core.log({ kind: "fault", during, error: "The disk is full. Make room on it." });
			return refuseUntilRoom();
		}
		core.log({ kind: "fault", during, error });
		return refuse("fault");
	}
}
