// The linter and, by its stylistic rules, the formatter of the components' JavaScript: `npm run lint -- --fix`.
import js from "@eslint/js";
import stylistic from "@stylistic/eslint-plugin";
import globals from "globals";

export default [
  { ignores: ["**/.venv/", "runs/"] },
  js.configs.recommended,
  stylistic.configs.customize({ quotes: "double", semi: true, braceStyle: "1tbs", arrowParens: true, commaDangle: "always-multiline" }),
  {
    files: ["ui/**/*.js", "tests/**/*.js"],
    languageOptions: { globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "eqeqeq": "error",
      "no-implicit-globals": "error",
      "no-shadow": "error",
      "no-use-before-define": ["error", { functions: false, variables: false }],
      "no-var": "error",
      "prefer-const": ["error", { destructuring: "all" }],
      "@stylistic/max-len": ["error", { code: 140, ignoreTemplateLiterals: true }],
      "@stylistic/max-statements-per-line": "off", // a handler of one line stays one
      "@stylistic/multiline-ternary": "off",
      "@stylistic/operator-linebreak": ["error", "before"],
    },
  },
];
