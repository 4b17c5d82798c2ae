/** A device is set up: by the browser over a cable, or by lines that somebody pastes. */

import { html } from "hono/html";
import type { NewToken } from "../administration/new-tokens.js";
import type { Product } from "../administration/products.js";
import type { Operation } from "../api/operation.js";
import { productOperations } from "../api/operations/products.js";
import { tokenOperations } from "../api/operations/tokens.js";
import { OperatorError } from "../operator-error.js";
import type { Service } from "../service.js";
import { type Exchange, type Fields, fieldsIn, perform, send, sendAgain } from "./exchange.js";
import { failure, type Markup, type Page, shown } from "./layout.js";
import type { Part } from "./part.js";
import { scriptPath } from "./scripts.js";

const path = "/devices/add";
const title = "Add a device";

/** The device is at hand: who hasn't pasted the lines by then asks for others. */
const lifeSeconds = 3_600;

/** So that it gets its product's updates by itself; the script has the same. */
const updateLines = ["set wlan.auto_join.enabled 1", "set dfu.poll_enabled 1"];

type OwnProduct = Pick<Product, "code" | "title" | "platform">;

export const addDevice: Part = {
	paths: [path],
	addTo(app, service) {
		app.get(path, async (exchange) => {
			const { product } = await fieldsIn(exchange);
			return send(exchange, setupPage(exchange, await ownProducts(service, exchange), product));
		});
		app.post(path, async (exchange) => {
			const fields = await fieldsIn(exchange);
			const products = await ownProducts(service, exchange);
			try {
				const content = await linesFor(service, exchange, products, fields);
				return await send(exchange, { title, content });
			} catch (error) {
				return sendAgain(exchange, error, (problem) =>
					setupPage(exchange, products, fields.product, problem),
				);
			}
		});
	},
};

/** Who may not claim devices is told so here, and not after he has chosen. */
function ownProducts(service: Service, exchange: Exchange): Promise<OwnProduct[]> {
	requireRole(exchange, tokenOperations.addClaim);
	return perform<OwnProduct[]>(service, exchange, productOperations.listOwn);
}

function requireRole(exchange: Exchange, { roles }: Pick<Operation, "roles">): void {
	const { role } = exchange.get("caller");
	if (roles.includes(role)) return;
	throw new OperatorError("role", `This is for ${roles.join(", ")}; you are ${role}.`);
}

function setupPage(
	exchange: Exchange,
	products: readonly OwnProduct[],
	product?: string,
	problem?: string,
): Page {
	if (products.length === 0) return { title, content: noProduct(exchange) };
	const content = html`${failure(problem)} ${choiceOf(products, product)} ${stepsOf(exchange)}`;
	return { title, content, script: scriptPath("device-setup") };
}

function noProduct(exchange: Exchange): Markup {
	const { name, role } = exchange.get("caller");
	const what = "None of the products is yours, so a device would have nothing to become.";
	return productOperations.add.roles.includes(role)
		? html`<p>
				${what} <a href="/products">Add one, or share one with yourself: ${shown(name)}</a>
			</p>`
		: html`<p>
				${what} An admin adds one for you, or shares one with you: on the product's page, or by
				<code>opendms product share CODE ${shown(name)}</code>
			</p>`;
}

function choiceOf(products: readonly OwnProduct[], chosen: string | undefined): Markup {
	return html`<form id="choice" method="post" action="${path}">
		<p>
			It becomes yours, and gets the product's firmware from then on. This browser does all of it
			over a USB cable, if it has Web Serial (Chrome, Edge); in any browser you can have the lines
			to paste into a terminal.
		</p>
		<div class="actions">
			<label
				>Product
				<select id="product" name="product">
					${products.map((one) => optionOf(one, one.code === chosen))}
				</select>
			</label>
			<button id="begin" type="button" class="first" hidden>Set it up from here</button>
			<button>Show the lines to paste</button>
		</div>
	</form>`;
}

function optionOf({ code, title, platform }: OwnProduct, isChosen: boolean): Markup {
	return html`<option value="${code}" data-platform="${platform}" ${isChosen ? "selected" : ""}>
		${shown(title)} (${code}, ${platform})
	</option>`;
}

/** What a step says at first, and what it asks the person for, if anything. */
interface StepView {
	readonly name: string;
	readonly title: string;
	readonly about: string;
	readonly fields?: Markup;
}

const steps: readonly StepView[] = [
	{
		name: "cable",
		title: "Cable",
		about: "Plug the device in by USB. The browser asks which port it is.",
	},
	{
		name: "firmware",
		title: "Firmware",
		about: "The device says what runs on it. A blank one gets its first firmware.",
		fields: html`<button class="first">Put the firmware onto it</button>`,
	},
	{
		name: "wifi",
		title: "Wi-Fi",
		about: "Network and passkey go over the cable to the device, and nowhere else.",
		fields: html`<label
				>Network <input name="ssid" list="networks" required maxlength="32"
			/></label>
			<datalist id="networks"></datalist>
			<label>Passkey <input name="passkey" type="password" autocomplete="off" /></label>
			<button class="first">Join</button>`,
	},
	{
		name: "identity",
		title: "Identity",
		about: "The device makes a key that never leaves it, and gets a certificate for it.",
		fields: html`<label>Token <input name="token" autocomplete="off" required /></label>
			<button class="first">Go on</button>`,
	},
	{ name: "owner", title: "Owner", about: "It becomes yours." },
	{
		name: "product",
		title: "Product",
		about: "It gets the product's updates by itself from then on.",
	},
];

function stepsOf(exchange: Exchange): Markup {
	const { user, role } = exchange.get("caller");
	const isOperator = tokenOperations.addProvisioning.roles.includes(role);
	return html`<ol
			id="steps"
			class="steps"
			data-user="${user ?? ""}"
			data-operator="${String(isOperator)}"
			hidden
		>
			${steps.map(stepOf)}
		</ol>
		<p id="finished" role="status" hidden>
			Done. <a id="device" href="/devices">See the device</a>, or
			<a href="${path}">add another one</a>.
		</p>`;
}

function stepOf({ name, title, about, fields }: StepView): Markup {
	return html`<li id="step-${name}">
		<h2>${title}</h2>
		<p class="quiet">${about}</p>
		${fields === undefined ? "" : html`<form class="filters" hidden>${fields}</form>`}
		<progress max="1" value="0" aria-label="${title}" hidden></progress>
		<p class="told" role="status"></p>
		<p class="bad" role="alert" hidden></p>
		<button class="again" type="button" hidden>Again</button>
	</li>`;
}

/** Makes the tokens, in the name of whoever asks, and shows what to do with them. */
async function linesFor(
	service: Service,
	exchange: Exchange,
	products: readonly OwnProduct[],
	{ product = "" }: Fields,
): Promise<Markup> {
	if (!products.some(({ code }) => code === product)) {
		throw new OperatorError("product-unknown", `None of your products is ${product}. Choose one.`);
	}
	const { user, role } = exchange.get("caller");
	const { addClaim, addProvisioning } = tokenOperations;
	const make = async (one: Operation, fields = {}): Promise<string> =>
		(await perform<NewToken>(service, exchange, one, { ...fields, lifeSeconds })).token;
	const claim = await make(addClaim, { user: user ?? "" });
	const provisioning = addProvisioning.roles.includes(role)
		? await make(addProvisioning)
		: undefined;
	return linesView(product, claim, provisioning);
}

function linesView(product: string, claim: string, provisioning: string | undefined): Markup {
	const tokenText = provisioning ?? "<the token that came with it>";
	const lines = [
		'set wlan.ssid "<your network>"',
		'set wlan.passkey "<its passkey>"',
		...updateLines,
		"save",
		"dms_provision " + tokenText,
		"dms_claim " + claim,
		"dms_activate " + product,
	];
	return html`<p>
			Open the device's console: <code>opendms console /dev/ttyUSB0</code>, or any terminal at
			115,200 baud. Paste these lines one by one, with your own network in the first two. Each one
			is answered; what fails says what to do.
		</p>
		<pre>${lines.join("\n")}</pre>
		<p class="quiet">
			The tokens are for one device, and good for an hour. They are shown only now: whoever has them
			can use them. Where <code>get dms.provision.status</code> says 3, leave out
			<code>dms_provision</code>: that device has its identity already.
		</p>
		<p><a href="${path}">Add another one</a></p>`;
}
