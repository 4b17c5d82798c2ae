/** The page of a product: it moves, and files that are uploaded show how far they have come. */

import { watch } from "./live/watch.js";
import { uploadWithProgress } from "./live/uploading.js";

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-upload]")) {
	uploadWithProgress(form);
}
watch();
