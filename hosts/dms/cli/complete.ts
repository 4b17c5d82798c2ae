/** What can be typed next: shells ask the tool itself, so they know what this version knows. */

import { type Command, Option } from "commander";
import { OperatorError } from "../operator-error.js";
import type { Terminal } from "./terminal.js";

/** Each puts what `opendms complete -- words...` prints, a line each, before the person. */
const scripts = Object.freeze({
	bash: `_opendms() {
	local IFS=$'\\n'
	COMPREPLY=($(opendms complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
	[ \${#COMPREPLY[@]} -gt 0 ] || compopt -o default
}
complete -F _opendms opendms`,
	zsh: `#compdef opendms
_opendms() {
	local -a found
	found=("\${(@f)$(opendms complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
	if [[ -n $found ]]; then compadd -- $found; else _files; fi
}
compdef _opendms opendms`,
	fish: `function __opendms
	set -l found (opendms complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
	if set -q found[1]
		printf '%s\\n' $found
	else
		__fish_complete_path (commandline -ct)
	end
end
complete -c opendms -f -a '(__opendms)'`,
});
type Shell = keyof typeof scripts;

export function addCompletionCommands(program: Command, terminal: Terminal): void {
	program
		.command("completion <shell>")
		.description("print what a shell completes words by: bash, zsh or fish")
		.addHelpText(
			"after",
			"\nbash: opendms completion bash >> ~/.bashrc" +
				"\nzsh:  opendms completion zsh >> ~/.zshrc" +
				"\nfish: opendms completion fish > ~/.config/fish/completions/opendms.fish",
		)
		.action((shell: string) => {
			if (!isShell(shell)) {
				throw new OperatorError("usage", "There are bash, zsh and fish.");
			}
			terminal.print(scripts[shell]);
		});
	program
		.command("complete [words...]", { hidden: true })
		.description("print what the last of these words can become")
		.action((words: readonly string[]) => {
			for (const word of completionsOf(program, words)) terminal.print(word);
		});
}

function isShell(shell: string): shell is Shell {
	return Object.hasOwn(scripts, shell);
}

/** What the last word can become: commands, options, and an option's or an argument's choices. */
function completionsOf(program: Command, typed: readonly string[]): string[] {
	// Bash makes three words of --role=viewer; other shells make one.
	const words = typed.at(-1) === "=" ? [...typed.slice(0, -1), ""] : typed.filter(isNoSign);
	const last = words.at(-1) ?? "";
	const [, name, value] = /^(--[\w-]+)=(.*)$/.exec(last) ?? [];
	if (name !== undefined && value !== undefined) {
		const found = completionsOf(program, [...words.slice(0, -1), name, value]);
		return found.map((word) => `${name}=${word}`);
	}
	let command = program;
	let count = 0;
	let option: Option | undefined;
	for (const word of words.slice(0, -1)) {
		if (option !== undefined) {
			option = undefined;
			continue;
		}
		if (word.startsWith("-")) {
			option = optionsOf(command).find((one) => takesValue(one, word));
			continue;
		}
		const next = command.commands.find((one) => one.name() === word);
		if (next === undefined) count++;
		else [command, count] = [next, 0];
	}
	return candidatesOf(command, option, count, last).filter((word) => word.startsWith(last));
}

function isNoSign(word: string): boolean {
	return word !== "=";
}

function candidatesOf(
	command: Command,
	option: Option | undefined,
	count: number,
	last: string,
): readonly string[] {
	if (option !== undefined) return option.argChoices ?? [];
	if (last.startsWith("-")) {
		const names = optionsOf(command).flatMap(({ long }) => long ?? []);
		// See `createProgram`: here it isn't one of the program's options.
		return command.parent === null ? [...names, "--version"] : names;
	}
	const names = command
		.createHelp()
		.visibleCommands(command)
		.map((one) => one.name());
	return names.length > 0 ? names : (command.registeredArguments[count]?.argChoices ?? []);
}

/** Those of a command and of all that it belongs to. */
function optionsOf(command: Command): Option[] {
	const own = command.createHelp().visibleOptions(command);
	return command.parent === null ? own : [...own, ...optionsOf(command.parent)];
}

function takesValue({ short, long, required, optional }: Option, word: string): boolean {
	return (word === short || word === long) && (required || optional);
}
