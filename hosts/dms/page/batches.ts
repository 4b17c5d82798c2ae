/** Batches of the factory line: what each is for, how far it has come, and which boards it took. */

import { html } from "hono/html";
import type { Batch, BatchBoard } from "../administration/batches.js";
import { batchOperations } from "../api/operations/batches.js";
import { serviceOperations } from "../api/operations/service.js";
import { timeText } from "../json.js";
import type { Service } from "../service.js";
import type { StoredAuditEntry } from "../storage/audit.js";
import {
	act,
	type Asker,
	type Exchange,
	fieldsIn,
	perform,
	performAs,
	type Refusal,
	requireSure,
	send,
} from "./exchange.js";
import { field, kept, submit } from "./form.js";
import { input, numberIn } from "./input.js";
import { facts, type Markup, nextPage, type Page, rowsOfAPage, shown, table } from "./layout.js";
import { livePiece, type LiveRow, liveTable } from "./live-view.js";
import type { Part } from "./part.js";
import { scriptPath } from "./scripts.js";
import { sentenceOf } from "./sentences.js";

const path = "/batches";
const one = path + "/:name";

export const batches: Part = {
	paths: [path, one, one + "/close"],
	addTo(app, service) {
		app.get(path, async (exchange) => send(exchange, await listPage(service, exchange)));
		app.post(path, async (exchange) => {
			const fields = await fieldsIn(exchange);
			const { name, product, quota, label } = fields;
			return act(exchange, {
				...{ form: "add", fields },
				async run() {
					const input = { name, product, quota: numberIn(quota), label };
					const made = await perform<Batch>(service, exchange, batchOperations.add, input);
					return pathOf(made.name);
				},
				pageOf: (refusal) => listPage(service, exchange, refusal),
			});
		});
		app.get(one, async (exchange) => send(exchange, await batchPage(service, exchange)));
		app.post(one + "/close", async (exchange) => {
			const fields = await fieldsIn(exchange);
			const name = exchange.req.param("name") ?? "";
			return act(exchange, {
				...{ form: "close", fields },
				async run() {
					const { close } = batchOperations;
					if (close.roles.includes(exchange.get("caller").role)) {
						const what = "It takes no further board, and can't be opened again.";
						requireSure(fields, `${what} Those that are underway go on.`);
					}
					await perform(service, exchange, close, { name });
					return pathOf(name);
				},
				pageOf: (refusal) => batchPage(service, exchange, refusal),
			});
		});
	},
};

function pathOf(name: string): string {
	return path + "/" + encodeURIComponent(name);
}

export const batchHeads = ["Batch", "Product", "Boards", "Became devices", "Closed"];

/** All batches, the newest first. */
export async function readBatches(service: Service, asker: Asker): Promise<LiveRow[]> {
	const all = await performAs<Batch[]>(service, asker, batchOperations.list);
	const newestFirst = [...all].sort((a, b) => b.addedAt - a.addedAt);
	return newestFirst.map((batch) => ({
		key: batch.name,
		cells: [
			html`<a href="${pathOf(batch.name)}">${shown(batch.name)}</a>`,
			html`<a href="/products/${encodeURIComponent(batch.product)}">${shown(batch.product)}</a>`,
			`${batch.boards} of ${batch.quota}`,
			String(batch.made),
			closedText(batch),
		],
	}));
}

async function listPage(service: Service, exchange: Exchange, refusal?: Refusal): Promise<Page> {
	const rows = await readBatches(service, askerOf(exchange));
	const canAdd = batchOperations.add.roles.includes(exchange.get("caller").role);
	const content = html`<p class="quiet">
			How many boards a factory line may make into devices of a product.
		</p>
		${liveTable("batches", batchHeads, rows)} ${canAdd ? addForm(refusal) : ""}`;
	return { title: "Batches", content, script: scriptPath("live") };
}

function addForm(refusal: Refusal | undefined): Markup {
	const label = kept("add", "label", refusal);
	return html`<h2>Begin a batch</h2>
		<form method="post" action="${path}" class="actions">
			${field("add", "name", "Name, such as 2026-11", refusal)}
			${field("add", "product", "Product", refusal)}
			${field("add", "quota", "For how many boards", refusal, { type: "number" })}
			${input("label", "A label's QR code says: {uuid} {mac} {product} {batch}", label)}
			${submit("add", refusal, "Begin it")}
		</form>`;
}

export async function readBatch(service: Service, asker: Asker, name: string): Promise<Batch> {
	return performAs<Batch>(service, asker, batchOperations.show, { name });
}

/** What moves. */
export function batchPiece(batch: Batch): Markup {
	const { product, title, platform, label, quota, boards, made, addedAt } = batch;
	return livePiece(
		"state",
		facts({
			Product: html`<a href="/products/${encodeURIComponent(product)}">${shown(product)}</a>,
				${shown(title)}`,
			Platform: shown(platform),
			Boards: html`${boards} of ${quota}
				<progress max="${quota}" value="${boards}" aria-label="Boards of the quota"></progress>`,
			"Became devices": `${made}; ${boards - made} underway or left`,
			"A label's QR code": html`<code>${shown(label)}</code>`,
			Begun: timeText(addedAt),
			Closed: closedText(batch),
		}),
	);
}

function closedText({ closedAt }: Batch): string {
	return closedAt === null ? "no" : timeText(closedAt);
}

const boardHeads = ["MAC address", "Device", "Came", "Became a device"];

async function batchPage(service: Service, exchange: Exchange, refusal?: Refusal): Promise<Page> {
	const name = exchange.req.param("name") ?? "";
	const { role } = exchange.get("caller");
	const after = exchange.req.query("after");
	const batch = await readBatch(service, askerOf(exchange), name);
	const part = { name, limit: String(rowsOfAPage), ...(after !== undefined && { after }) };
	const boards = await perform<BatchBoard[]>(service, exchange, batchOperations.boards, part);
	const filter = { subject: "batch:" + name, limit: String(rowsOfAPage) };
	const { audit } = serviceOperations;
	const entries = await perform<StoredAuditEntry[]>(service, exchange, audit, filter);
	const last = boards.at(-1)?.hardware ?? "";
	const canClose = batchOperations.close.roles.includes(role) && batch.closedAt === null;
	const content = html`<div data-live="batch:${name}">${batchPiece(batch)}</div>
		${canClose ? closeForm(batch, refusal) : ""}
		<h2>Boards, in the order of their MAC addresses</h2>
		${table(boardHeads, boards.map(boardRow))}
		${boards.length < rowsOfAPage ? "" : nextPage(`${pathOf(name)}?after=${last}`)}
		<h2>What has happened, newest first</h2>
		${table(
			["When", "What"],
			[...entries]
				.reverse()
				.map((entry) => [timeText(entry.time), sentenceOf(entry, "batch:" + name)]),
		)}`;
	return { title: "Batch " + name, content, script: scriptPath("live") };
}

function boardRow({ hardware, uuid, addedAt, madeAt }: BatchBoard): (string | Markup)[] {
	return [
		html`<code>${hardware}</code>`,
		uuid === null ? "-" : html`<a href="/devices/${uuid}"><code>${uuid.slice(0, 12)}</code></a>`,
		timeText(addedAt),
		madeAt === null ? "not yet" : timeText(madeAt),
	];
}

function closeForm({ name }: Batch, refusal: Refusal | undefined): Markup {
	return html`<h2>Close it</h2>
		<form method="post" action="${pathOf(name)}/close">
			${submit("close", refusal, "Close the batch")}
		</form>`;
}

function askerOf(exchange: Exchange): Asker {
	return { caller: exchange.get("caller"), visit: exchange.get("visit") };
}
