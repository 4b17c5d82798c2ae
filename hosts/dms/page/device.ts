/** One device: what it is, what has happened to it, and what is done to it. */

import { html } from "hono/html";
import type { Device, DeviceDetails } from "../administration/devices.js";
import { deviceOperations } from "../api/operations/devices.js";
import { serviceOperations } from "../api/operations/service.js";
import { timeText } from "../json.js";
import type { Caller } from "../people/caller.js";
import type { Service } from "../service.js";
import type { StoredAuditEntry } from "../storage/audit.js";
import { auditTable } from "./audit.js";
import { stateOf } from "./devices.js";
import { act, type Exchange, type Fields, perform, type Refusal, send } from "./exchange.js";
import { facts, failure, type Markup, type Page, rowsOfAPage, shown } from "./layout.js";
import type { Part } from "./part.js";

export const device: Part = {
	paths: ["/devices/:uuid", "/devices/:uuid/:action"],
	addTo(app, service) {
		app.get("/devices/:uuid", async (exchange) =>
			send(exchange, await devicePage(service, exchange)),
		);
		for (const action of ["lock", "unlock", "release"] as const) {
			app.post("/devices/:uuid/" + action, (exchange) => {
				const uuid = exchange.req.param("uuid") ?? "";
				// Who has released his device doesn't see it any more.
				const isGone = action === "release" && exchange.get("caller").role === "owner";
				return act(exchange, {
					form: action,
					fields: {},
					async run() {
						await perform(service, exchange, deviceOperations[action], { uuid });
						return isGone ? "/devices" : "/devices/" + encodeURIComponent(uuid);
					},
					pageOf: (refusal) => devicePage(service, exchange, refusal),
				});
			});
		}
	},
};

async function devicePage(service: Service, exchange: Exchange, refusal?: Refusal): Promise<Page> {
	const uuid = exchange.req.param("uuid") ?? "";
	const caller = exchange.get("caller");
	const device = await perform<DeviceDetails>(service, exchange, deviceOperations.show, { uuid });
	const audit = { device: device.uuid, limit: String(rowsOfAPage) };
	const entries = serviceOperations.audit.roles.includes(caller.role)
		? await perform<StoredAuditEntry[]>(service, exchange, serviceOperations.audit, audit)
		: undefined;
	const title = "Device " + device.uuid.slice(0, 12);
	return { title, content: deviceView(device, entries, caller, refusal) };
}

function deviceView(
	device: DeviceDetails,
	entries: readonly StoredAuditEntry[] | undefined,
	caller: Caller,
	refusal: Refusal | undefined,
): Markup {
	const end = device.certificates.at(-1)?.expiresAt;
	return html`${facts({
		UUID: html`<code>${device.uuid}</code>`,
		State: stateOf(device),
		Owner: shown(device.owner),
		Product: shown(device.product),
		Version: shown(device.version),
		Platform: shown(device.platform),
		Tag: shown(device.tag),
		Pin: shown(device.pin),
		Hardware: html`<code>${shown(device.hardware)}</code>`,
		"First seen": timeText(device.firstSeenAt),
		"Last seen": timeText(device.lastSeenAt),
		"Certificate until": end === undefined ? "-" : timeText(end),
	})}
	${failure(refusal?.message)} ${actions(device, caller)}
	${
		entries === undefined
			? ""
			: html`<h2>What has happened, newest first</h2>
					${auditTable(entries, "device:" + device.uuid)}`
	}`;
}

function actions(device: Device, { role }: Caller): Markup {
	const { lock, release } = deviceOperations;
	const canLock = lock.roles.includes(role) && device.revokedAt === null;
	const canRelease = release.roles.includes(role) && device.owner !== null;
	return html`<div class="actions">
		${canLock ? button(device, device.lockedAt === null ? "lock" : "unlock") : ""}
		${canRelease ? releaseButton(device) : ""}
	</div>`;
}

const buttons: Fields = {
	lock: "Lock: refuse all its requests",
	unlock: "Unlock",
	release: "Release from its owner",
};

function button({ uuid }: Device, action: string): Markup {
	return html`<form method="post" action="/devices/${uuid}/${action}">
		<button>${buttons[action] ?? action}</button>
	</form>`;
}

/** Asked twice: only the next owner's token gives it back. */
function releaseButton(device: Device): Markup {
	return html`<details>
		<summary>Release...</summary>
		<p>${shown(device.owner)} doesn't own it any more then.</p>
		${button(device, "release")}
	</details>`;
}
