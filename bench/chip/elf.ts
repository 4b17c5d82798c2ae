/** What of a firmware's memory is taken before it runs, from its ELF file. */

const headerLength = 52;
const sectionLength = 40;
/** ELF's `SHF_WRITE | SHF_ALLOC`: what has a place in memory, and can change. */
const writable = 3;
/** Where an ESP32-C3's RAM for data lies. */
const dataStart = 0x3fc8_0000;
const dataEnd = 0x3fce_0000;

/** Bytes of variables, with and without a first value. Throws when it is no ELF file of 32 bits. */
export function staticBytesOf(elf: Uint8Array): number {
	const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
	const isElf = elf.length >= headerLength && view.getUint32(0) === 0x7f45_4c46 && elf[4] === 1;
	if (!isElf) throw new Error("the firmware's .elf is no ELF file of 32 bits");
	const sections = view.getUint32(32, true);
	let bytes = 0;
	for (let index = 0; index < view.getUint16(48, true); index++) {
		const at = sections + index * sectionLength;
		const flags = view.getUint32(at + 8, true);
		const address = view.getUint32(at + 12, true);
		const isData = address >= dataStart && address < dataEnd;
		if ((flags & writable) === writable && isData) bytes += view.getUint32(at + 20, true);
	}
	return bytes;
}
