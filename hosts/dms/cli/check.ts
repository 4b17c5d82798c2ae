/** `opendms check`: whether all that the service keeps is whole. */

import type { Command } from "commander";
import { reportHere } from "./report.js";
import { Ended, type Terminal } from "./terminal.js";

export function addCheckCommand(program: Command, terminal: Terminal): void {
	program
		.command("check")
		.description("whether database, images and keys are whole and fit together")
		.action(async (_options: object, command: Command) => {
			let isWhole = false;
			await reportHere(command, terminal, async (service) => {
				const checked = await service.check();
				const { images, devices, tokens, problems } = checked;
				isWhole = problems.length === 0;
				const text = isWhole
					? `All is whole: ${images} images, ${devices} devices, ${tokens} tokens.`
					: problems.join("\n");
				return { json: checked, text };
			});
			if (!isWhole) throw new Ended("Something is damaged.", 1);
		});
}
