/** A disk that a test fills. */

import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SmallDisk {
	readonly folder: string;
	/** To be done at the end. */
	unmount(): void;
}

/** One of so many MiB, where whoever runs the tests may make one. */
export function mountDisk(mebibytes: number): SmallDisk | undefined {
	const folder = mkdtempSync(join(tmpdir(), "opendms-disk-"));
	const size = `size=${mebibytes}m`;
	try {
		execFileSync("mount", ["-t", "tmpfs", "-o", size, "tmpfs", folder], { stdio: "ignore" });
	} catch {
		rmSync(folder, { recursive: true });
		return undefined;
	}
	return {
		folder,
		unmount() {
			execFileSync("umount", ["-l", folder]);
			rmSync(folder, { recursive: true });
		},
	};
}

/** Leaves no byte on the disk of this file. */
export function fillDisk(path: string): void {
	const file = openSync(path, "w");
	try {
		for (const length of [2 ** 20, 2 ** 12]) {
			try {
				for (;;) writeSync(file, Buffer.alloc(length));
			} catch {
				// It is full by now.
			}
		}
	} finally {
		closeSync(file);
	}
}
