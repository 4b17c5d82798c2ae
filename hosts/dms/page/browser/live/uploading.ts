/** A file that goes to the API by itself, and a bar that shows how far it has come. */

/** Without this the form sends it, and says as much at its end. */
export function uploadWithProgress(form: HTMLFormElement): void {
	form.addEventListener("submit", (event) => {
		const file = form.querySelector<HTMLInputElement>("input[type=file]")?.files?.[0];
		const { upload: address, method, bytesMaximum } = form.dataset;
		if (file === undefined || address === undefined || method === undefined) return;
		event.preventDefault();
		if (file.size <= Number(bytesMaximum)) {
			return send(form, file, { method, address: address + queryOf(form) });
		}
		fail(form, `That file has ${file.size} bytes. The service takes ${bytesMaximum}.`);
	});
}

/** What else is in the form. */
function queryOf(form: HTMLFormElement): string {
	const texts = [...form.querySelectorAll<HTMLInputElement>("input[type=text]")];
	const said = texts.filter(({ value }) => value !== "").map(({ name, value }) => [name, value]);
	return said.length === 0 ? "" : "?" + String(new URLSearchParams(said));
}

interface Place {
	readonly method: string;
	readonly address: string;
}

function send(form: HTMLFormElement, file: File, { method, address }: Place): void {
	const bar = form.querySelector("progress");
	const button = form.querySelector("button");
	const request = new XMLHttpRequest();
	const setBusy = (isBusy: boolean): void => {
		if (bar !== null) bar.hidden = !isBusy;
		if (button !== null) button.disabled = isBusy;
	};
	request.upload.addEventListener("progress", ({ loaded, total }) => {
		if (bar !== null) bar.value = total === 0 ? 0 : loaded / total;
	});
	request.addEventListener("loadend", () => {
		setBusy(false);
		const answer = objectIn(request.responseText);
		const { product, detail } = answer;
		if (request.status !== 200 || typeof product !== "string") {
			return fail(form, typeof detail === "string" ? detail : strangersMessage(request.status));
		}
		location.assign("/products/" + encodeURIComponent(product));
	});
	request.open(method, address);
	request.setRequestHeader("content-type", "application/octet-stream");
	setBusy(true);
	request.send(file);
}

/** For an answer that isn't the service's, or none. */
function strangersMessage(status: number): string {
	if (status !== 413) return "The connection broke off. Nothing was taken; send it again.";
	return (
		"A proxy in front of the service lets no file of that length through (413). " +
		"Who runs it can raise its limit: in nginx, client_max_body_size."
	);
}

function objectIn(text: string): { readonly [name: string]: unknown } {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === "object" && value !== null ? { ...value } : {};
	} catch {
		return {};
	}
}

function fail(form: HTMLFormElement, message: string): void {
	const said = form.querySelector("[role=alert]") ?? document.createElement("p");
	said.className = "bad";
	said.setAttribute("role", "alert");
	said.textContent = message;
	form.append(said);
}
