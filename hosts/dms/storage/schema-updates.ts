/** The tables of firmware: keys, bundles, and how they fared. */

/** What a publisher calls a bundle. Devices get `release`, or what they are tagged themselves. */
export type Tag = "release" | "beta" | "alpha";

/** The key that a product's bundles are signed with; the highest generation counts. */
export interface ProductKeyRow {
	product: string;
	generation: number;
	publicKey: Uint8Array;
	/** Signed, as devices get it. */
	statement: Uint8Array;
	addedAt: number;
}

export interface BundleRow {
	/** A UUID of RFC 9562, in lower case. */
	id: string;
	product: string;
	version: string;
	sequence: number;
	platform: string;
	/** Of the product key that its statement is signed with. */
	generation: number;
	/** Signed, as devices get it. */
	statement: Uint8Array;
	/** SHA-256 of the image, hexadecimal: its name in the image store. */
	digest: string;
	length: number;
	expiresAt: number | null;
	publishedAt: number;
	withdrawnAt: number | null;
	/** Counts up when a person starts or resumes its roll-out: only reports since then count. */
	round: number;
	/** Of this round, by the last report of each device. */
	failures: number;
	successes: number;
}

export interface BundleTagRow {
	product: string;
	tag: Tag;
	bundle: string;
	/** How many of a hundred devices get it. */
	percent: number;
	/** The roll-out stops when more of a hundred devices fail. */
	failurePercent: number;
	/** When it has stopped, by itself or by a person. */
	haltedAt: number | null;
	/** Who has stopped it, as the audit log names him; of old ones it isn't known. */
	haltedBy: string | null;
	taggedAt: number;
}

/** How a bundle fared on a device, by its own report. */
export interface UpdateReportRow {
	device: string;
	bundle: string;
	/** `dfu.status`. */
	status: number;
	percent: number;
	reportedAt: number;
	/** The bundle's round when it came. */
	round: number;
}

/** How many devices have reported this status last. */
export interface ReportCountRow {
	bundle: string;
	status: number;
	devices: number;
}
