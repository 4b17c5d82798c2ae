/**
 * A sentence says what to do by a command of ours, which is typed where the service's data is, or
 * by who has an API token. Who reads it on the page has neither: he is told where on the page.
 */

/** By the command, or the option: what stands in the place of it and of all behind it. */
export const places: { readonly [command: string]: string } = Object.freeze({
	"api-token list": `under "API tokens".`,
	"batch list": `under "Batches".`,
	"bundle list": "the product's page.",
	"bundle publish": `"A new bundle" on the product's page.`,
	"bundle tag": `"Tag it" on the page of the bundle that comes in its place.`,
	"device delete": `"Delete it" on the device's page.`,
	"device list": `under "Devices".`,
	"device release": `"Release from its owner" on the device's page.`,
	"product factory": `"Blank chips" on the product's page.`,
	"product key": `"The product's key" on its page.`,
	"product list": `under "Products".`,
	"product share": `"Share it" on the product's page.`,
	"product show": "the product's page.",
	"product stepping-stones": `"Stepping stones" on the product's page.`,
	"token claim": `under "Tokens".`,
	"token list": `under "Tokens".`,
	"user add": `under "Users", which admins and operators have.`,
	"user invite": `it is made under "Users".`,
	"user list": `under "Users".`,
	"--role": "the role owner, and a user's name.",
	"--since": "beside the file. It is published before.",
});

/** What a sentence that names a command says on the page; any other one as it is. */
export function onPage(sentence: string): string {
	const [, before = "", command = ""] =
		/^(.*?)(?:opendms ([a-z-]+ [a-z-]+)|(?<= )(?=--[a-z]))/s.exec(sentence) ?? [];
	const name = command || (/^--[a-z-]+/.exec(sentence.slice(before.length))?.[0] ?? "");
	const place = Object.hasOwn(places, name) ? places[name] : undefined;
	return place === undefined ? sentence : before + place;
}
