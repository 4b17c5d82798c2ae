/** One device: what it is, what has happened to it, and what is done to it. */

import { html } from "hono/html";
import type { Device } from "../administration/devices.js";
import type { NewToken } from "../administration/new-tokens.js";
import { deviceOperations } from "../api/operations/devices.js";
import { serviceOperations } from "../api/operations/service.js";
import { tokenOperations } from "../api/operations/tokens.js";
import type { Caller } from "../people/caller.js";
import type { Service } from "../service.js";
import type { StoredAuditEntry } from "../storage/audit.js";
import { devicePieces, readDevice, timeline } from "./device-view.js";
import {
	act,
	type Exchange,
	type Fields,
	fieldsIn,
	perform,
	type Refusal,
	requireSure,
	send,
} from "./exchange.js";
import { choice, field, formsAsSeen, kept, submit } from "./form.js";
import { input } from "./input.js";
import { type Markup, type Page, rowsOfAPage, shown } from "./layout.js";
import type { Part } from "./part.js";
import { scriptPath } from "./scripts.js";
import { labels } from "./token-labels.js";

const actions = [
	...(["rename", "lock", "unlock", "release", "transfer"] as const),
	...(["tag", "pin", "unpin", "swap", "revoke", "delete"] as const),
] as const;
type Action = (typeof actions)[number];

/** What can't be taken back, and what comes of it. */
const finalActions: { readonly [action in Action]?: string } = Object.freeze({
	revoke: "It is locked for good, and other services refuse its certificate. Nothing undoes that.",
	delete: "It is forgotten for good: its key and its UUID are never taken again.",
});

export const device: Part = {
	paths: ["/devices/:uuid", "/devices/:uuid/:action"],
	addTo(app, service) {
		app.get("/devices/:uuid", async (exchange) =>
			send(exchange, await devicePage(service, exchange)),
		);
		for (const action of actions) {
			app.post("/devices/:uuid/" + action, async (exchange) => {
				const fields = await fieldsIn(exchange);
				return act(exchange, {
					...{ form: action, fields, subject: "device:" + (exchange.req.param("uuid") ?? "") },
					run: () => run(service, exchange, action, fields),
					pageOf: (refusal) => devicePage(service, exchange, refusal),
				});
			});
		}
	},
};

async function run(
	service: Service,
	exchange: Exchange,
	action: Action,
	{ name, tag, version, hardware, user, sure }: Fields,
): Promise<string | Page> {
	const uuid = exchange.req.param("uuid") ?? "";
	if (action === "transfer") return transferPage(service, exchange, { device: uuid, user });
	const one = deviceOperations[action === "unpin" ? "pin" : action];
	const what = finalActions[action];
	// Who may not isn't asked.
	if (what !== undefined && one.roles.includes(exchange.get("caller").role)) {
		requireSure(sure === undefined ? {} : { sure }, what);
	}
	const inputs: { readonly [action in Action]?: object } = {
		rename: { name },
		tag: { tag },
		pin: { version: version ?? "" },
		swap: { hardware },
	};
	await perform(service, exchange, one, { uuid, ...inputs[action] });
	// Who has released his device doesn't see it any more.
	const isReleased = action === "release" && exchange.get("caller").role === "owner";
	const isGone = isReleased || action === "delete";
	return isGone ? "/devices" : "/devices/" + encodeURIComponent(uuid);
}

/** The token that hands the device over: there is no other time to see it. */
async function transferPage(
	service: Service,
	exchange: Exchange,
	input: { readonly device: string; readonly user: string | undefined },
): Promise<Page> {
	const made = await perform<NewToken>(service, exchange, tokenOperations.addTransfer, input);
	const { user = "" } = input;
	return { title: "Hand it over", content: labels("transfer", [made], { user }) };
}

async function devicePage(service: Service, exchange: Exchange, refusal?: Refusal): Promise<Page> {
	const caller = exchange.get("caller");
	const asker = { caller, visit: exchange.get("visit") };
	const seen = await service.seen("device:" + (exchange.req.param("uuid") ?? ""));
	const now = await readDevice(service, asker, exchange.req.param("uuid") ?? "");
	const { uuid } = now.device;
	const audit = { device: uuid, limit: String(rowsOfAPage) };
	const entries = serviceOperations.audit.roles.includes(caller.role)
		? await perform<StoredAuditEntry[]>(service, exchange, serviceOperations.audit, audit)
		: undefined;
	const content = html`<div data-live="device:${uuid}">
			${devicePieces(now).map(([, piece]) => piece)}
		</div>
		${await formsAsSeen(seen, formsOf(now.device, caller, refusal))}
		<h2>What has happened, newest first</h2>
		${timeline(now, entries)}`;
	const title = now.device.name ?? "Device " + uuid.slice(0, 12);
	return { title, content, script: scriptPath("live") };
}

function formsOf(device: Device, { role }: Caller, refusal: Refusal | undefined): Markup {
	const may = (action: keyof typeof deviceOperations) =>
		deviceOperations[action].roles.includes(role);
	const mayTransfer = tokenOperations.addTransfer.roles.includes(role);
	const isRevoked = device.revokedAt !== null;
	const lock = device.lockedAt === null ? "lock" : "unlock";
	return html`<div class="actions">
			${may("rename") ? nameForm(device, refusal) : ""}
			${may("lock") && !isRevoked ? simple(device, lock, refusal) : ""}
			${may("release") && device.owner !== null ? releaseForm(device, refusal) : ""}
			${mayTransfer && device.owner !== null ? transferForm(device, refusal) : ""}
		</div>
		${may("tag") ? versionForms(device, refusal) : ""}
		${
			may("delete")
				? html`<h2>Its end</h2>
						<div class="actions">
							${isRevoked ? "" : simple(device, "revoke", refusal)}
							${simple(device, "delete", refusal)}
						</div>`
				: ""
		}`;
}

const buttons: Fields = {
	lock: "Lock: refuse all its requests",
	unlock: "Unlock",
	release: "Release from its owner",
	unpin: "Take the pin away",
	revoke: "Revoke: lock it for good",
	delete: "Delete it",
};

function simple({ uuid }: Device, action: string, refusal: Refusal | undefined): Markup {
	return html`<form method="post" action="/devices/${uuid}/${action}">
		${submit(action, refusal, buttons[action] ?? action)}
	</form>`;
}

function nameForm({ uuid, name }: Device, refusal: Refusal | undefined): Markup {
	const value = kept("rename", "name", refusal, name ?? "");
	return html`<form method="post" action="/devices/${uuid}/rename">
		${input("name", "Name, such as Lamp in the hall", value)}
		${submit("rename", refusal, "Name it")}
	</form>`;
}

/** Asked twice: only the next owner's token gives it back. */
function releaseForm(device: Device, refusal: Refusal | undefined): Markup {
	return html`<details>
		<summary>Release...</summary>
		<p>${shown(device.owner)} doesn't own it any more then.</p>
		${simple(device, "release", refusal)}
	</details>`;
}

/** The next owner types the token that comes of it, and nothing changes until then. */
function transferForm({ uuid, owner }: Device, refusal: Refusal | undefined): Markup {
	return html`<details ${refusal?.form === "transfer" ? "open" : ""}>
		<summary>Hand it over...</summary>
		<p>It stays with ${shown(owner)} until the next owner has typed the token on it.</p>
		<form method="post" action="/devices/${uuid}/transfer">
			${field("transfer", "user", "The next owner's name", refusal)}
			${submit("transfer", refusal, "Make the token")}
		</form>
	</details>`;
}

function versionForms(device: Device, refusal: Refusal | undefined): Markup {
	const { uuid, tag, pin } = device;
	const path = `/devices/${uuid}/`;
	const tags = { release: "release: what all get", beta: "beta", alpha: "alpha" };
	const chosen = kept("tag", "tag", refusal, tag ?? "release");
	return html`<h2>What it gets</h2>
		<div class="actions">
			<form method="post" action="${path}tag">
				<label>Bundles of the tag ${choice("tag", chosen, tags)}</label>
				${submit("tag", refusal, "Tag it")}
			</form>
			<form method="post" action="${path}pin">
				${field("pin", "version", "This version, whatever the tags are", refusal, {
					value: pin ?? "",
				})}
				${submit("pin", refusal, "Pin it")}
			</form>
			${pin === null ? "" : simple(device, "unpin", refusal)}
			<form method="post" action="${path}swap">
				${field("swap", "hardware", "Its board was swapped: the new MAC", refusal)}
				${submit("swap", refusal, "Say that it was swapped")}
			</form>
		</div>`;
}
