/** The table of what leads devices over to the next key of their platform. */

/**
 * A platform's key was followed by the next: what its devices can check is what the key before has
 * stated, up to an image that has the next one.
 */
export interface SteppingStoneRow {
	/** A UUID of RFC 9562, in lower case: to devices it is a bundle's. */
	id: string;
	product: string;
	/** Counts up with each change of the platform's key. */
	ordinal: number;
	/** The generation of the product's key by then. */
	generation: number;
	/** Of that key, signed by the platform's key before. */
	keyStatement: Uint8Array;
	/** The bundle whose image, and each later one, has the next key; `null` where there is none. */
	bundle: string | null;
	/** Its version. */
	version: string | null;
	/** Its statement, signed by the product's key of that generation. */
	statement: Uint8Array | null;
	expiresAt: number | null;
	addedAt: number;
	/** Since when nothing of it is given out. */
	removedAt: number | null;
}
