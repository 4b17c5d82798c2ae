/**
 * The page: what people see of the service in a browser. All that it does, it does by the API's
 * operations, in the name of who has logged in.
 */

import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Bundle } from "../administration/bundles.js";
import type { Device, DeviceDetails } from "../administration/devices.js";
import type { Product } from "../administration/products.js";
import { all } from "../api/operations/access.js";
import { bundleOperations } from "../api/operations/bundles.js";
import { deviceOperations } from "../api/operations/devices.js";
import { productOperations } from "../api/operations/products.js";
import { serviceOperations } from "../api/operations/service.js";
import { sessionOperations } from "../api/operations/sessions.js";
import { problemOf } from "../api/problem.js";
import { type Env, logged, named } from "../api/request-log.js";
import type { Visits } from "../people/visits.js";
import type { Service } from "../service.js";
import type { StoredAuditEntry } from "../storage/audit.js";
import { icon, inviteScript, styleSheet } from "./assets.js";
import {
	type Exchange,
	type Fields,
	fieldsIn,
	identify,
	perform,
	problemIn,
	requireSession,
	send,
	sendAgain,
	sendProblem,
} from "./exchange.js";
import { type Markup, type Page, pageHeaders } from "./layout.js";
import * as views from "./views.js";

const formBytesMaximum = 16 * 2 ** 10;
const rowsOfAPage = 100;
const openPaths = ["/log-in", "/invite"];
/** Of those who have logged in. */
const insidePaths = [
	...["/log-out", "/devices", "/devices/:uuid", "/devices/:uuid/:action"],
	...["/products", "/products/:product", "/audit"],
];

/**
 * The routes of the page; `visits` are those of the API, and `provider` is where an identity
 * provider logs people in, if one does.
 */
export function pageRoutes(service: Service, visits: Visits, provider?: string): Hono<Env> {
	const app = new Hono<Env>();
	for (const { path, type, text } of [styleSheet, inviteScript, icon]) {
		const cache = "public, max-age=31536000, immutable";
		const headers = { ...pageHeaders, "content-type": type, "cache-control": cache };
		app.get(path, (exchange) => exchange.body(text, 200, headers));
	}
	app.get("/", (exchange) => exchange.redirect("/devices", 303));
	const known = identify(visits);
	const tooLong = problemOf(413, "length", `A form has at most ${formBytesMaximum} bytes.`);
	const onError = (exchange: Exchange) => sendProblem(exchange, tooLong);
	for (const path of [...openPaths, ...insidePaths]) {
		const checks = [bodyLimit({ maxSize: formBytesMaximum, onError }), known] as const;
		app.use(path, named(path.replace(/:(\w+)/g, "{$1}")), logged(service), ...checks);
	}
	for (const path of insidePaths) app.use(path, requireSession);
	addSessionRoutes(app, service, provider);
	addDeviceRoutes(app, service);
	addLists(app, service);
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

function addSessionRoutes(app: Hono<Env>, service: Service, provider?: string): void {
	const logInPage = (fields: Fields, problem?: string): Page =>
		nameless("Log in", views.logInForm(fields, problem, provider));
	const invitePage = (fields: Fields, problem?: string): Page =>
		nameless("Set your password", views.inviteForm(fields, problem));
	const forms = [
		{ path: "/log-in", operation: sessionOperations.logIn, pageOf: logInPage },
		{ path: "/invite", operation: sessionOperations.acceptInvite, pageOf: invitePage },
	];
	for (const { path, operation, pageOf } of forms) {
		app.get(path, (exchange) => send(exchange, pageOf({})));
		app.post(path, async (exchange) => {
			const fields = await fieldsIn(exchange);
			try {
				await perform(service, exchange, operation, fields);
			} catch (error) {
				return sendAgain(exchange, error, (problem) => pageOf(fields, problem));
			}
			return exchange.redirect("/devices", 303);
		});
	}
	app.post("/log-out", async (exchange) => {
		await perform(service, exchange, sessionOperations.logOut);
		return exchange.redirect("/log-in", 303);
	});
}

/** Nobody's name is on it, also where somebody has logged in already. */
function nameless(title: string, content: Markup): Page {
	return { title, content, isNarrow: true, caller: undefined };
}

function addDeviceRoutes(app: Hono<Env>, service: Service): void {
	app.get("/devices", async (exchange) => {
		const asked = await fieldsIn(exchange);
		const input = { ...asked, limit: String(rowsOfAPage) };
		const devices = await perform<Device[]>(service, exchange, deviceOperations.list, input);
		const content = views.devicesView(devices, asked, rowsOfAPage);
		return send(exchange, { title: "Devices", content });
	});
	app.get("/devices/:uuid", async (exchange) =>
		send(exchange, await devicePage(service, exchange)),
	);
	for (const action of ["lock", "unlock", "release"] as const) {
		app.post("/devices/:uuid/" + action, async (exchange) => {
			const uuid = exchange.req.param("uuid") ?? "";
			await perform(service, exchange, deviceOperations[action], { uuid });
			// Who has released his device doesn't see it any more.
			const isGone = action === "release" && exchange.get("caller").role === "owner";
			return exchange.redirect(isGone ? "/devices" : "/devices/" + encodeURIComponent(uuid), 303);
		});
	}
}

async function devicePage(service: Service, exchange: Exchange): Promise<Page> {
	const uuid = exchange.req.param("uuid") ?? "";
	const caller = exchange.get("caller");
	const device = await perform<DeviceDetails>(service, exchange, deviceOperations.show, { uuid });
	const audit = { device: device.uuid, limit: String(rowsOfAPage) };
	const entries = all.includes(caller.role)
		? await perform<StoredAuditEntry[]>(service, exchange, serviceOperations.audit, audit)
		: undefined;
	const title = "Device " + device.uuid.slice(0, 12);
	return { title, content: views.deviceView(device, entries, caller) };
}

function addLists(app: Hono<Env>, service: Service): void {
	app.get("/products", async (exchange) => {
		const products = await perform<Product[]>(service, exchange, productOperations.list);
		return send(exchange, { title: "Products", content: views.productsView(products) });
	});
	app.get("/products/:product", async (exchange) => {
		const product = exchange.req.param("product");
		const bundles = await perform<Bundle[]>(service, exchange, bundleOperations.list, { product });
		return send(exchange, { title: product, content: views.productView(bundles) });
	});
	app.get("/audit", async (exchange) => {
		const asked = await fieldsIn(exchange);
		const entries = await perform<StoredAuditEntry[]>(
			...([service, exchange, serviceOperations.audit, asked] as const),
		);
		return send(exchange, { title: "Audit log", content: views.auditTable(entries) });
	});
}
