/**
 * The page: what people see of the service in a browser. All that it does, it does by the API's
 * operations, in the name of who has logged in.
 */

import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { every } from "hono/combine";
import { problemOf } from "../api/problem.js";
import { type Env, logged, named } from "../api/request-log.js";
import type { Visits } from "../people/visits.js";
import type { Service } from "../service.js";
import { icon, inviteScript, styleSheet } from "./assets.js";
import { account } from "./account.js";
import { addDevice } from "./add-device.js";
import { apiTokens } from "./api-tokens.js";
import { audit } from "./audit.js";
import { batches } from "./batches.js";
import { bundle } from "./bundle.js";
import { device } from "./device.js";
import { devices } from "./devices.js";
import { events } from "./events.js";
import { type Exchange, identify, problemIn, requireSession, sendProblem } from "./exchange.js";
import { pageHeaders } from "./layout.js";
import { logIn, logOut } from "./log-in.js";
import { Live } from "./live.js";
import type { PageOptions, Part, PartOptions } from "./part.js";
import { product } from "./product.js";
import { products } from "./products.js";
import { rollOut } from "./roll-out.js";
import { upload } from "./upload.js";
import { tokens } from "./tokens.js";
import { users } from "./users.js";
import { readScript, scriptsPath } from "./scripts.js";

const formBytesMaximum = 16 * 2 ** 10;

const assets = [styleSheet, inviteScript, icon];

const parts: readonly Part[] = [
	logIn,
	logOut,
	devices,
	addDevice,
	device,
	products,
	upload,
	product,
	rollOut,
	bundle,
	batches,
	events,
	tokens,
	users,
	account,
	apiTokens,
	audit, //
];

/** The routes of the page; `visits` are those of the API. */
export function pageRoutes(service: Service, visits: Visits, options: PageOptions = {}): Hono<Env> {
	const app = new Hono<Env>();
	for (const { path, type, text } of assets) {
		app.get(path, (exchange) => exchange.body(text, 200, assetHeaders(type)));
	}
	app.get(scriptsPath + ":file", (exchange) => {
		const text = readScript(exchange.req.param("file") ?? "");
		if (text === undefined) return exchange.notFound();
		return exchange.body(text, 200, assetHeaders("text/javascript; charset=utf-8"));
	});
	app.get("/", (exchange) => exchange.redirect("/devices", 303));
	const live = options.live ?? new Live(service.log);
	for (const part of parts) addPart(app, service, visits, part, { ...options, live });
	app.onError((error, exchange) => {
		try {
			return sendProblem(exchange, problemIn(error));
		} catch {
			service.log({ kind: "fault", during: exchange.req.method + " page", error });
			const detail = "The service failed; its log has the reason.";
			return sendProblem(exchange, problemOf(500, "fault", detail));
		}
	});
	return app;
}

/** Its address changes with it. */
function assetHeaders(type: string) {
	const cache = "public, max-age=31536000, immutable";
	return { ...pageHeaders, "content-type": type, "cache-control": cache };
}

function addPart(
	app: Hono<Env>,
	service: Service,
	visits: Visits,
	part: Part,
	options: PartOptions,
): void {
	const maxSize = formBytesMaximum;
	const tooLong = problemOf(413, "length", `A form has at most ${maxSize} bytes.`);
	const onError = (exchange: Exchange) => sendProblem(exchange, tooLong);
	for (const path of part.paths) {
		const checks = every(
			named(path.replace(/:(\w+)/g, "{$1}")),
			logged(service),
			...(part.isUpload === true ? [] : [bodyLimit({ maxSize, onError })]),
			identify(visits),
			...(part.isOpen === true ? [] : [requireSession]),
		);
		// Of two paths that both fit, as /devices/add and /devices/:uuid, the first one counts.
		app.use(path, (exchange, next) =>
			exchange.get("route") === undefined ? checks(exchange, next) : next(),
		);
	}
	part.addTo(app, service, options);
}
