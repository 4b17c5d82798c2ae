/** What befalls a service in the years of a fleet, and on which days nobody is to do more. */

/** In the order of their days. `version` is of the firmware that is released then. */
export type Event =
	| { readonly kind: "release"; readonly version: string }
	/** The product's key is followed by the next, and what is released is signed anew. */
	| { readonly kind: "product key" }
	/** The platform's key is lost: firmware with the next one is released. */
	| { readonly kind: "platform key"; readonly version: string }
	/** The product's key has leaked: the next one, stated by the platform's present key. */
	| { readonly kind: "product key leaked"; readonly version: string }
	| { readonly kind: "next CA" }
	| { readonly kind: "export" }
	/** The database is lost: the service is out, and made again of what it has exported. */
	| { readonly kind: "rebuild" }
	| { readonly kind: "outage"; readonly days: number };

export interface Dated {
	/** Days since the beginning of all. */
	readonly day: number;
	readonly event: Event;
}

export const firstVersion = "0.1.0.0";
export const lastVersion = "0.6.0.0";

/** From the last export to the loss of the database; and from there to the service of it. */
const exportAgeDays = 30;
export const rebuildDays = 2;
const outageDays = 10;
/** Before and after, nobody does anything. */
const marginDays = 3;
/** So many devices a user, in the middle. */
const devicesEach = 8;

export class History {
	readonly days: number;
	/** How many people own devices in turn. */
	readonly users: number;
	readonly events: readonly Dated[];
	readonly #out: readonly { readonly from: number; readonly to: number }[];

	constructor(years: number, devices: number) {
		this.days = years * 365;
		this.users = 2 + Math.ceil(devices / devicesEach);
		const at = (fraction: number, event: Event): Dated => ({ day: fraction * this.days, event });
		const [lost, out] = [0.5, 0.65];
		const exported = lost - exportAgeDays / this.days;
		this.events = [
			at(0.02, { kind: "release", version: "0.2.0.0" }),
			at(0.2, { kind: "product key" }),
			at(0.22, { kind: "release", version: "0.3.0.0" }),
			at(0.3, { kind: "platform key", version: "0.4.0.0" }),
			at(0.4, { kind: "next CA" }),
			at(exported, { kind: "export" }),
			at(lost, { kind: "rebuild" }),
			at(out, { kind: "outage", days: outageDays }),
			at(0.8, { kind: "product key leaked", version: "0.5.0.0" }),
			at(0.9, { kind: "release", version: lastVersion }),
		];
		const margin = marginDays / this.days;
		this.#out = [
			{ from: exported - margin, to: lost + (rebuildDays + marginDays) / this.days },
			{ from: out - margin, to: out + (outageDays + marginDays) / this.days },
		].map(({ from, to }) => ({ from: from * this.days, to: to * this.days }));
	}

	/** The first day from this one on that begins so many on which people can do something. */
	quietFor(day: number, days: number): number {
		const out = this.#out.find(({ from, to }) => day < to && day + days > from);
		return out === undefined ? day : this.quietFor(out.to, days);
	}
}
