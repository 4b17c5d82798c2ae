/**
 * Commands in sentences, as this person has to type them: as this process was started, and on the
 * same service. `: opendms serve` in a sentence becomes `: npx opendms --data 'my dms' serve`.
 */

import { shellWord } from "../../command/shell-word.js";

/** Options of all commands that say which service is meant, and how it is reached. */
const places = ["--config", "--data", "--database", "--service", "--token-file"];
/** What is typed of these goes before what the environment says of any of them. */
const services = ["--data", "--database", "--service"];

/** Whether somebody has typed which service is meant. */
export function isPlaceTyped(words: readonly string[]): boolean {
	return words.some((word) => services.includes(nameOf(word)));
}

/** `names` are of the commands that there are. */
export function commandsTypedAs(
	invocation: string,
	words: readonly string[],
	names: readonly string[],
): (text: string) => string {
	const place = typedPlace(words);
	const command = new RegExp(`(: )?\\bopendms (?=(?:\\[|--|${names.join("|")})\\b)`, "g");
	return (text) =>
		text.replaceAll(command, (found: string, colon: string | undefined, at: number) => {
			// What is only named isn't to be typed, and help is the same everywhere.
			const isHelp = /^[a-z -]* --help\b/.test(text.slice(at + found.length));
			const whole = colon === undefined || isHelp ? [invocation] : [invocation, ...place];
			return (colon ?? "") + whole.join(" ") + " ";
		});
}

function typedPlace(words: readonly string[]): string[] {
	return words.flatMap((word, index) => {
		const name = nameOf(word);
		if (!places.includes(name)) return [];
		const value = word === name ? words[index + 1] : word.slice(name.length + 1);
		if (value === undefined) return [];
		return [name, shellWord(name === "--database" ? withoutPassword(value) : value)];
	});
}

function nameOf(word: string): string {
	return word.replace(/=.*/s, "");
}

/** Who has typed a password knows it; what is printed, others read. */
function withoutPassword(url: string): string {
	return url
		.replace(/^(\w+:\/\/[^/?#]*?):[^/?#]*@/, "$1:PASSWORD@")
		.replace(/([?&]password=)[^&#]*/, "$1PASSWORD");
}
