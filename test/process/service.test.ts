import { play } from "./case.js";
import { serviceCases } from "./service-cases.js";

play(serviceCases);
