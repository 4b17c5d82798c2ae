/** One bundle: what it is, how it fares, and what is done with it. */

import { html } from "hono/html";
import type { Bundle } from "../administration/bundles.js";
import type { Operation } from "../api/operation.js";
import { bundleOperations } from "../api/operations/bundles.js";
import { deviceOperations } from "../api/operations/devices.js";
import { timeText } from "../json.js";
import type { Caller } from "../people/caller.js";
import { statusSentence } from "../rules/update-sentences.js";
import type { Service } from "../service.js";
import type { Download } from "../storage/image-stream.js";
import {
	act,
	type Exchange,
	type Fields,
	fieldsIn,
	namesIn,
	perform,
	type Refusal,
	requireSure,
	send,
	sendFile,
} from "./exchange.js";
import { pathOfReporters } from "./devices.js";
import { choice, field, formsAsSeen, kept, submit } from "./form.js";
import { facts, type Markup, type Page, shown, table } from "./layout.js";
import type { Part } from "./part.js";
import { tagsOf } from "./product.js";
import { manyDevices } from "./roll-out.js";

const path = "/products/:product/bundles/:version";

export const bundle: Part = {
	paths: [path, path + "/:action"],
	addTo(app, service) {
		app.get(path, async (exchange) => send(exchange, await bundlePage(service, exchange)));
		app.get(path + "/file", (exchange) => download(service, exchange));
		for (const form of ["tag", "withdraw"] as const) {
			app.post(path + "/" + form, async (exchange) => {
				const fields = await fieldsIn(exchange);
				const { product = "", version = "" } = namesIn(exchange);
				return act(exchange, {
					...{ form, fields, subject: "product:" + product },
					async run() {
						const asked = { product, version };
						if (form === "tag") return tag(service, exchange, asked, fields);
						requireSure(fields, `No device gets ${version} any more, ever.`);
						await perform(service, exchange, bundleOperations.withdraw, asked);
						return `/products/${encodeURIComponent(product)}/bundles/${version}`;
					},
					pageOf: (refusal) => bundlePage(service, exchange, refusal),
				});
			});
		}
	},
};

async function download(service: Service, exchange: Exchange): Promise<Response> {
	const { product = "", version = "" } = namesIn(exchange);
	const one: Operation = bundleOperations.read;
	const file = await perform<Download>(service, exchange, one, { product, version });
	return sendFile(exchange, file, {
		"content-type": one.answer ?? "",
		"content-disposition": `attachment; filename="${product}-${version}.bundle"`,
		"x-content-type-options": "nosniff",
		"cache-control": "no-store",
	});
}

async function tag(
	service: Service,
	exchange: Exchange,
	{ product, version }: { readonly product: string; readonly version: string },
	fields: Fields,
): Promise<string> {
	const { tag = "", percent = "100", failurePercent = "10" } = fields;
	if (tag === "release" && percent === "100") {
		const few = { product, limit: String(manyDevices + 1) };
		const devices = await perform<object[]>(service, exchange, deviceOperations.list, few);
		const what = `All devices on ${product} get ${version} at once; a share first, such as 10 %?`;
		if (devices.length > manyDevices) requireSure(fields, what);
	}
	const shares = { percent: Number(percent), failurePercent: Number(failurePercent) };
	const input = { product, version, tag, ...shares };
	await perform(service, exchange, bundleOperations.tag, input);
	return "/products/" + encodeURIComponent(product);
}

async function bundlePage(service: Service, exchange: Exchange, refusal?: Refusal): Promise<Page> {
	const { product = "", version = "" } = namesIn(exchange);
	const asked = { product, version };
	const seen = await service.seen("product:" + product);
	const found = await perform<Bundle>(service, exchange, bundleOperations.show, asked);
	const content = await formsAsSeen(seen, bundleView(found, exchange.get("caller"), refusal));
	return { title: `${product} ${version}`, content };
}

function bundleView(bundle: Bundle, { role }: Caller, refusal: Refusal | undefined): Markup {
	const { product, version, sequence, platform, length, publishedAt, expiresAt } = bundle;
	const way = `/products/${encodeURIComponent(product)}`;
	const here = `${way}/bundles/${version}`;
	const canTag = bundleOperations.tag.roles.includes(role) && bundle.withdrawnAt === null;
	return html`<p><a href="${way}">${shown(product)}</a></p>
		${facts({
			Tags: html`${tagsOf(bundle)}`,
			Sequence: String(sequence),
			Platform: shown(platform),
			Image: `${length} bytes`,
			Published: timeText(publishedAt),
			Expires: expiresAt === null ? "-" : timeText(expiresAt),
			Key: bundle.isOfOldKey ? "replaced: build and publish it again" : "the product's",
		})}
		<p><a href="${here}/file" download>Download the bundle</a></p>
		<h2>What devices have reported</h2>
		${table(
			["Devices", "dfu.status", "In words"],
			Object.entries(bundle.reports).map(([status, devices]) => [
				html`<a href="${pathOfReporters(product, version, Number(status))}">${String(devices)}</a>`,
				status,
				statusSentence(Number(status)),
			]),
		)}
		${canTag ? tagForm(here, refusal) : ""} ${canTag ? withdrawForm(here, refusal) : ""}`;
}

function tagForm(here: string, refusal: Refusal | undefined): Markup {
	const tags = { release: "release: all devices", beta: "beta", alpha: "alpha" };
	return html`<h2>Give it to devices</h2>
		<form method="post" action="${here}/tag" class="actions">
			<label
				>Devices of the tag ${choice("tag", kept("tag", "tag", refusal, "release"), tags)}</label
			>
			${field("tag", "percent", "Share of them, in percent", refusal, {
				value: "100",
				type: "number",
			})}
			${field("tag", "failurePercent", "Stop when more fail than, in percent", refusal, {
				value: "10",
				type: "number",
			})}
			${submit("tag", refusal, "Tag it")}
		</form>`;
}

function withdrawForm(here: string, refusal: Refusal | undefined): Markup {
	return html`<h2>Withdraw it</h2>
		<p class="quiet">For good: its version can't be published again.</p>
		<form method="post" action="${here}/withdraw">
			${submit("withdraw", refusal, "Withdraw it")}
		</form>`;
}
