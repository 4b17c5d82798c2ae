/** Tables of the factory line. */

/** So many boards that are to become devices of one product. */
export interface BatchRow {
	name: string;
	product: string;
	/** How many boards it gives tokens to. */
	quota: number;
	/** What the QR code on a device's label says, with names in braces: see `placeholders`. */
	label: string;
	addedAt: number;
	/** From then on it takes no further board. */
	closedAt: number | null;
}

/** A board that a batch has given tokens to. */
export interface BatchBoardRow {
	/** Its MAC address, 12 hexadecimal digits. */
	hardware: string;
	batch: string;
	/** Of the provisioning token that it was given last. */
	keyId: string | null;
	/** Of the activation token that it was given last. */
	digest: string | null;
	/** The device that it has become, once the line has said so. */
	device: string | null;
	addedAt: number;
	madeAt: number | null;
}
