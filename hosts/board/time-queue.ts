/** What is to come, the earliest first: a binary heap, for a thousand boards on one clock. */

export interface Timed {
	readonly at: number;
	/** Of two at the same time, the one with the lower number comes first. */
	readonly order: number;
}

export class TimeQueue<T extends Timed> {
	/** Neither child of an entry, at 2 i + 1 and 2 i + 2, comes before it. */
	readonly #entries: T[] = [];

	get first(): T | undefined {
		return this.#entries[0];
	}

	add(entry: T): void {
		const entries = this.#entries;
		let index = entries.length;
		while (index > 0) {
			const parent = (index - 1) >> 1;
			const above = entries[parent];
			if (above === undefined || isBefore(above, entry)) break;
			entries[index] = above;
			index = parent;
		}
		entries[index] = entry;
	}

	/** Takes the first one away. */
	takeFirst(): void {
		const entries = this.#entries;
		const last = entries.pop();
		if (last === undefined || entries.length === 0) return;
		let index = 0;
		for (;;) {
			const left = 2 * index + 1;
			const [first, second] = [entries[left], entries[left + 1]];
			if (first === undefined) break;
			const isSecond = second !== undefined && isBefore(second, first);
			const child = isSecond ? second : first;
			if (isBefore(last, child)) break;
			entries[index] = child;
			index = isSecond ? left + 1 : left;
		}
		entries[index] = last;
	}
}

function isBefore(one: Timed, other: Timed): boolean {
	return one.at < other.at || (one.at === other.at && one.order < other.order);
}
