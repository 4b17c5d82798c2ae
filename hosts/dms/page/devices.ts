/** The list of devices. */

import { html } from "hono/html";
import type { Device } from "../administration/devices.js";
import { deviceOperations } from "../api/operations/devices.js";
import { tokenOperations } from "../api/operations/tokens.js";
import { timeText } from "../json.js";
import type { Caller } from "../people/caller.js";
import { sendDevices } from "./device-csv.js";
import { type Fields, fieldsIn, perform, send } from "./exchange.js";
import { choice } from "./form.js";
import { withTimes } from "./input.js";
import { type Markup, nextPage, rowsOfAPage, shown } from "./layout.js";
import { liveTable, type LiveRow } from "./live-view.js";
import type { Part } from "./part.js";
import { scriptPath } from "./scripts.js";

const csvPath = "/devices.csv";

export const devices: Part = {
	paths: ["/devices", csvPath],
	addTo(app, service) {
		app.get("/devices", async (exchange) => {
			const asked = await fieldsIn(exchange);
			const input = listInputOf(asked);
			const devices = await perform<Device[]>(service, exchange, deviceOperations.list, input);
			const content = devicesView(devices, asked, exchange.get("caller"));
			return send(exchange, { title: "Devices", content, script: scriptPath("live") });
		});
		app.get(csvPath, async (exchange) => sendDevices(service, exchange, await fieldsIn(exchange)));
	},
};

/** What the operation is asked for, of what the page's address asks for. */
export function listInputOf(asked: Fields): { readonly [name: string]: unknown } {
	return { ...withTimes(asked), limit: String(rowsOfAPage) };
}

function devicesView(devices: readonly Device[], asked: Fields, caller: Caller): Markup {
	const last = devices.at(-1);
	const next = new URLSearchParams({ ...asked, after: last?.uuid ?? "" });
	const { after: _, ...all } = asked;
	const topic = "devices?" + new URLSearchParams(asked).toString();
	return html`${filters(asked, caller)}
	${liveTable(topic, deviceHeads, rowsOf(devices), noneOf(asked, caller))}
	${devices.length < rowsOfAPage ? "" : nextPage("/devices?" + next.toString())}
	${
		devices.length === 0
			? ""
			: html`<p>
					<a href="${csvPath}?${new URLSearchParams(all).toString()}" download>All as a CSV file</a>
				</p>`
	}`;
}

function noneOf(asked: Fields, { role }: Caller): Markup {
	if (Object.keys(asked).length > 0) {
		return html`No device matches. <a href="/devices">Show all devices</a>`;
	}
	return tokenOperations.addClaim.roles.includes(role)
		? html`No device is there yet. <a href="/devices/add">Add a device</a>`
		: html`No device is there yet.`;
}

export const deviceHeads = ["Device", "Name", "State", "Owner", "Product", "Version", "Last seen"];

export function rowsOf(devices: readonly Device[]): LiveRow[] {
	return devices.map((one) => ({
		key: one.uuid,
		cells: [
			html`<a href="/devices/${one.uuid}"><code>${one.uuid.slice(0, 12)}</code></a>`,
			shown(one.name),
			stateOf(one),
			shown(one.owner),
			shown(one.product),
			shown(one.version),
			timeText(one.lastSeenAt),
		],
	}));
}

function filters(asked: Fields, { role }: Caller): Markup {
	const { prefix = "", named = "", owner = "", product = "", state = "", isLocked = "" } = asked;
	const { version = "", seenSince = "", unseenSince = "" } = asked;
	return html`<form class="filters" action="/devices">
		<label>UUID begins with<input name="prefix" value="${prefix}" /></label>
		<label>Name has<input name="named" value="${named}" /></label>
		${
			// An owner's are his own.
			role === "owner" ? "" : html`<label>Owner<input name="owner" value="${owner}" /></label>`
		}
		<label>Product<input name="product" value="${product}" /></label>
		<label>Version<input name="version" value="${version}" placeholder="1.4.0.28" /></label>
		<label
			>State ${choice("state", state, { "": "any", issued: "issued", provisioned: "provisioned" })}
		</label>
		<label>Locked ${choice("isLocked", isLocked, { "": "any", true: "yes", false: "no" })}</label>
		${reportedFields(asked)}
		<label>Seen since<input type="date" name="seenSince" value="${seenSince}" /></label>
		<label>Not seen since<input type="date" name="unseenSince" value="${unseenSince}" /></label>
		<button>Filter</button>
	</form>`;
}

/** Where a roll-out leads to those behind one of its numbers. */
export function pathOfReporters(product: string, version: string, status: number): string {
	const asked = { product, reported: version, reportedStatus: String(status) };
	return "/devices?" + new URLSearchParams(asked).toString();
}

/** Nobody types them at first: links have them. */
function reportedFields({ reported = "", reportedStatus = "" }: Fields): Markup {
	if (reported === "" && reportedStatus === "") return html``;
	return html`<label>Has reported version<input name="reported" value="${reported}" /></label>
		<label>with dfu.status<input name="reportedStatus" value="${reportedStatus}" /></label>`;
}

export function stateOf({ state, lockedAt, revokedAt }: Device): string {
	if (revokedAt !== null) return "revoked";
	return lockedAt === null ? state : "locked";
}
