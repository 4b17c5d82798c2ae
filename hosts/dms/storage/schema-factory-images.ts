/** The table of what a cable puts onto a product's blank chips. */

export interface FactoryImageRow {
	product: string;
	/** Four numbers. */
	version: string;
	/** SHA-256, hexadecimal: its name in the image store. */
	digest: string;
	length: number;
	/** What is written of it: JSON of `FlashPart[]`. */
	parts: string;
	addedAt: number;
}
