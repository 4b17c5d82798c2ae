/** The forms that tokens are made by. */

import { html } from "hono/html";
import { tokenOperations } from "../api/operations/tokens.js";
import type { Caller } from "../people/caller.js";
import type { Refusal } from "./exchange.js";
import { failureOf, kept } from "./form.js";
import { input } from "./input.js";
import type { Markup } from "./layout.js";

const daysMaximum = 3_650;

/** Those of them that somebody may use. */
export function formsOf({ role, user }: Caller, refusal: Refusal | undefined): Markup {
	const { addProvisioning, addClaim, addActivation } = tokenOperations;
	return html`${failureOf("list", refusal)}
	${addProvisioning.roles.includes(role) ? provisioningForm(refusal) : ""}
	${addClaim.roles.includes(role) ? claimForm(role === "owner" ? user : null, refusal) : ""}
	${addActivation.roles.includes(role) ? activationForm(refusal) : ""}`;
}

function days(form: string, refusal: Refusal | undefined, usual: string): Markup {
	const limits = { type: "number", minimum: 1, maximum: daysMaximum } as const;
	return input("days", "Good for days", kept(form, "days", refusal, usual), limits);
}

function number(form: string, name: string, label: string, refusal: Refusal | undefined): Markup {
	const limits = { type: "number", minimum: 1, isRequired: true } as const;
	return input(name, label, kept(form, name, refusal, "1"), limits);
}

function provisioningForm(refusal: Refusal | undefined): Markup {
	const form = "provisioning";
	const isChecked = kept(form, "requiresUuid", refusal) === "yes";
	return html`<fieldset>
		<legend>Provisioning: an identity for a new device</legend>
		${failureOf(form, refusal)}
		<form class="filters" method="post" action="/tokens/new/provisioning">
			${number(form, "count", "How many", refusal)} ${days(form, refusal, "30")}
			<label>
				<input type="checkbox" name="requiresUuid" value="yes" ${isChecked ? "checked" : ""} />
				The device brings its own UUID
			</label>
			<button class="first">Show them</button>
			<button formaction="/tokens/csv">Download as CSV</button>
		</form>
	</fieldset>`;
}

/** `own` is an owner, who makes them for himself. */
function claimForm(own: string | null, refusal: Refusal | undefined): Markup {
	const form = "claim";
	return html`<fieldset>
		<legend>Claim: a device becomes ${own === null ? "somebody's" : "yours"}</legend>
		${failureOf(form, refusal)}
		<form class="filters" method="post" action="/tokens/new/claim">
			${
				own === null ? input("user", "User", kept(form, "user", refusal), { isRequired: true }) : ""
			}
			${number(form, "count", "How many", refusal)} ${days(form, refusal, "1")}
			<button class="first">Show them</button>
		</form>
	</fieldset>`;
}

function activationForm(refusal: Refusal | undefined): Markup {
	const form = "activation";
	return html`<fieldset>
		<legend>Activation: devices become somebody's, and a product</legend>
		${failureOf(form, refusal)}
		<form class="filters" method="post" action="/tokens/new/activation">
			${input("user", "User", kept(form, "user", refusal), { isRequired: true })}
			${input("product", "Product", kept(form, "product", refusal), { isRequired: true })}
			${number(form, "uses", "For how many devices", refusal)} ${days(form, refusal, "30")}
			<button class="first">Show it</button>
		</form>
	</fieldset>`;
}
