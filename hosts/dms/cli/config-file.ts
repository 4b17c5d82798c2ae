/** A file of options, as if they were typed: `{ "data": "...", "serve": { "workers": 4 } }`. */

import { readFileSync } from "node:fs";
import * as z from "zod";
import { OperatorError } from "../operator-error.js";
import { isPlaceTyped } from "./typed-commands.js";

const value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);

/** Options of all commands, and of `serve`. */
const config = z.strictObject({
	data: z.string().optional(),
	database: z.string().optional(),
	service: z.string().optional(),
	"token-file": z.string().optional(),
	serve: z.record(z.string(), value).optional(),
});

/** What the environment says goes before the file. */
const variables = {
	data: "OPENDMS_DATA",
	database: "OPENDMS_DATABASE",
	service: "OPENDMS_SERVICE",
	"token-file": "OPENDMS_TOKEN",
};
/** Those before the command's name that have a value behind them. */
const valued = ["--config", "--data", "--database", "--service", "--token-file"];

/** The words of a command line, with those that its configuration file adds. */
export function withConfig(
	words: readonly string[],
	environment: { readonly [name: string]: string | undefined },
): string[] {
	const path = valueOf(words, "--config") ?? environment["OPENDMS_CONFIG"];
	if (!path) return [...words];
	const { serve = {}, ...rest } = readConfig(path);
	const isSet = (name: string): boolean =>
		isTyped(words, name) ||
		(name !== "token-file" && isPlaceTyped(words)) ||
		Boolean(environment[Object(variables)[name] ?? ""]);
	const all = Object.entries(rest).flatMap(([name, one]) =>
		isSet(name) ? [] : wordsOf(name, one),
	);
	const at = words.findIndex((word, index) => word === "serve" && !isValue(words, index));
	if (at < 0) return [...all, ...words];
	const own = Object.entries(serve).flatMap(([name, one]) =>
		isTyped(words, name) ? [] : wordsOf(name, one),
	);
	return [...all, ...words.slice(0, at + 1), ...own, ...words.slice(at + 1)];
}

function readConfig(path: string): z.output<typeof config> {
	const text = readFileSync(path, "utf8");
	try {
		return config.parse(JSON.parse(text));
	} catch (error) {
		const [issue] = error instanceof z.ZodError ? error.issues : [];
		const why = issue ? [...issue.path, issue.message].join(": ") : String(error);
		throw new OperatorError("usage", `${path} is no configuration: ${why}.`);
	}
}

function valueOf(words: readonly string[], option: string): string | undefined {
	const at = words.indexOf(option);
	return at >= 0 ? words[at + 1] : words.find((word) => word.startsWith(option + "="))?.slice(9);
}

function isValue(words: readonly string[], index: number): boolean {
	return valued.includes(words[index - 1] ?? "");
}

function isTyped(words: readonly string[], name: string): boolean {
	return words.some((word) => word.replace(/=.*/s, "").replace(/^--no-/, "--") === "--" + name);
}

function wordsOf(name: string, one: z.output<typeof value> | undefined): string[] {
	if (one === undefined) return [];
	if (one === true) return ["--" + name];
	if (one === false) return ["--no-" + name];
	return typeof one === "object" ? ["--" + name, ...one] : [`--${name}=${one}`];
}
