/**
 * As much of the WebAssembly JavaScript interface as is used here; TypeScript has it in "dom" only.
 */

declare namespace WebAssembly {
	class Module {
		constructor(bytes: Uint8Array);
	}
	class Instance {
		readonly exports: Readonly<Record<string, unknown>>;
		constructor(module: Module, imports: Readonly<Record<string, ModuleImports>>);
	}
	class Memory {
		readonly buffer: ArrayBuffer;
		/** Adds pages of 64 KiB. */
		grow(pages: number): number;
	}
	class Global {
		value: unknown;
	}
	class RuntimeError extends Error {}
	type ModuleImports = Record<string, (...parameters: never[]) => unknown>;
}
