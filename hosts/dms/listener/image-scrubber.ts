/** Looks at each image once after the start: what is damaged is told before it is asked for. */

import type { Service } from "../service.js";

/** Between two images, in which requests are answered. */
const restMilliseconds = 50;

/** Returns what ends it. */
export function scrubImages({ images, log }: Service): () => void {
	let isStopped = false;
	const look = async (): Promise<void> => {
		for (const { digest, product, version } of await images.needed()) {
			if (isStopped) return;
			if (!(await images.isWhole(digest))) {
				const way = " is damaged or gone: publish it again, or restore it from a backup";
				log({
					kind: "fault",
					during: "the start",
					error: `the image of ${product} ${version}${way}`,
				});
			}
			await new Promise((resolve) => setTimeout(resolve, restMilliseconds).unref());
		}
	};
	look().catch((error: unknown) => {
		if (!isStopped) log({ kind: "fault", during: "looking at images", error });
	});
	return () => {
		isStopped = true;
	};
}
