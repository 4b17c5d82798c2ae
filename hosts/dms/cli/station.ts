/** `opendms station`: a factory line makes boards into devices, several at a time. */

import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { OperatorError } from "../operator-error.js";
import type { Administration } from "../service.js";
import type { BoardFigures, LineFigures } from "../station/figures.js";
import type { Station } from "../station/make-board.js";
import type { BoardResult } from "../station/station.js";
import { globalOptionsOf } from "./place.js";
import { printReport, withService } from "./report.js";
import { Ended, Stopped, type Terminal } from "./terminal.js";
import { parseCount, table } from "./text.js";

interface RunOptions {
	readonly port: readonly string[];
	readonly log: string;
	readonly flash?: string;
	readonly setup?: string;
	readonly label: string;
	readonly print?: string;
	readonly tries: number;
	readonly repeat?: boolean;
}

const triesDefault = 3;
const pauseMilliseconds = 1_000;

const runHelp = `
A place is a serial port such as /dev/ttyUSB0, a pseudo-terminal, or tcp:HOST:PORT.
Commands may have names in braces: {port} for --flash, {file} and {uuid} for --print. No shell
reads them; quotes keep spaces. Of a board that a cut has stopped, what is left is done the next
time. One that has been made is told, and costs nothing.`;

export function addStationCommands(program: Command, terminal: Terminal): void {
	const station = program.command("station").description("a factory line: boards become devices");
	station
		.command("run <batch>")
		.description("flash, provision, claim, activate and label a board at each port")
		.requiredOption("--port <place>", "where a board is; repeatable", append)
		.option("--log <folder>", "where logs and labels are kept", "station")
		.option("--flash <command>", "such as 'esptool.py --port {port} write_flash 0x0 lamp.bin'")
		.option("--setup <file>", "console commands for each board before, one a line: its network")
		.option("--label <format>", "text, zpl, or a file with names in braces", "text")
		.option("--print <command>", "such as 'lp -d zebra -o raw {file}'")
		.option("--tries <count>", "how often a board is tried", parseCount, triesDefault)
		.option("--repeat", "ask for the next boards when these are done")
		.addHelpText("after", runHelp)
		.action((batch: string, options: RunOptions, command: Command) =>
			withService(command, terminal, (service) => run(service, batch, options, command, terminal)),
		);
	station
		.command("figures [folder]")
		.description("time for each step, totals and yield, from a station's logs")
		.action(async (folder: string | undefined, _options: object, command: Command) => {
			const { readBoardLogs } = await import("../station/board-log.js");
			const { figuresOf } = await import("../station/figures.js");
			const json = figuresOf(readBoardLogs(folder ?? "station"));
			printReport(command, terminal, { json, text: figuresText(json) });
		});
}

function append(value: string, before: readonly string[] = []): string[] {
	return [...before, value];
}

async function run(
	service: Administration,
	name: string,
	options: RunOptions,
	command: Command,
	terminal: Terminal,
): Promise<void> {
	const { port: ports, tries, repeat = false } = options;
	const stopping = new AbortController();
	void terminal.stopped().then((signal) => stopping.abort(new Stopped(signal)));
	const line = await stationOf(service, name, options, stopping.signal);
	const isJson = globalOptionsOf(command).json === true;
	const { runStation } = await import("../station/station.js");
	const all: BoardResult[] = [];
	do {
		const onResult = (result: BoardResult): void => {
			if (!isJson) terminal.print(resultText(result));
		};
		all.push(...(await runStation(line, { ports, tries, pauseMilliseconds, onResult })));
	} while (repeat && /^\s*$/.test((await terminal.ask("Next boards: Enter; end: q ")) ?? "q"));
	if (isJson) terminal.print(JSON.stringify({ boards: all }));
	const failed = all.filter(({ result }) => result === "failed").length;
	if (failed > 0) throw new Ended(`${failed} of ${all.length} boards have failed.`, 1);
}

async function stationOf(
	{ batches }: Administration,
	name: string,
	{ log: folder, flash, setup, label, print }: RunOptions,
	signal: AbortSignal,
): Promise<Station> {
	const { labelFormatOf } = await import("../station/label.js");
	const { wordsOf } = await import("../station/outside-program.js");
	for (const line of [flash, print]) if (line !== undefined) wordsOf(line);
	if (flash !== undefined && !flash.includes("{port}")) {
		throw new OperatorError("usage", "Which board is to be flashed? Write {port} in --flash.");
	}
	return {
		...{ batches, batch: await batches.show(name), folder, flash, print, signal },
		setup: setup === undefined ? [] : commandsIn(readFileSync(setup, "utf8")),
		label: labelFormatOf(label),
	};
}

/** Empty lines, and those that begin with `#`, are for people. */
function commandsIn(text: string): string[] {
	const lines = text.split(/\r?\n/).map((line) => line.trim());
	return lines.filter((line) => line !== "" && !line.startsWith("#"));
}

function resultText({ port, hardware, result, uuid, milliseconds, error }: BoardResult): string {
	const board = [port, hardware ?? "", result].filter((part) => part !== "").join("  ");
	const rest = result === "failed" ? error : `${uuid}  ${secondsText(milliseconds)} s`;
	return `${board}  ${rest}`;
}

function figuresText(figures: LineFigures): string {
	const { boards, made, failed, yieldPercent, firstTryPercent } = figures;
	const { medianMilliseconds: median, maximumMilliseconds: maximum } = figures;
	const names = Object.keys(median) as (keyof typeof median)[];
	const rows = names.map((name) => [name, secondsText(median[name]), secondsText(maximum[name])]);
	const head = ["board", "result", "device", "tries", "seconds"];
	return [
		table(head, boards.map(rowOf)),
		`${made} made, ${failed} failed: ${yieldPercent} %, at the first try ${firstTryPercent} %.`,
		...(rows.length > 0 ? [table(["step", "median s", "longest s"], rows)] : []),
	].join("\n\n");
}

function rowOf({ board, result, uuid, tries, milliseconds, error }: BoardFigures): string[] {
	return [board, result, uuid ?? error ?? "", String(tries), secondsText(milliseconds)];
}

function secondsText(milliseconds = 0): string {
	return (milliseconds / 1000).toFixed(1);
}
