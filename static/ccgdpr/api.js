/* Draws the description of the API. Keys that are typed in are forgotten with the page. */
"use strict";

const theme = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", theme.matches);
theme.addEventListener("change", follow);
follow();

SwaggerUIBundle({
  url: document.getElementById("api").dataset.description,
  dom_id: "#api",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  persistAuthorization: false,
});
