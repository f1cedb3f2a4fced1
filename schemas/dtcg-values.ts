import Type, { type TSchema } from 'typebox';

/**
 * The values of the token types of the Design Tokens Format Module 2025.10 (§8, §9) and of its Color Module (§4).
 * Each schema takes a literal; in the places where the text allows it, a reference stands instead.
 */

/** `{path.of.token}` (Format §7.1.1). */
export const Alias = Type.String({ pattern: '^\\{[^{}]+\\}$' });

/** `{"$ref": "#/path/to/token/$value/member"}` (Format §7.1.2, §7.3): a part of another token's value. */
export const PointerReference = Type.Object(
	{ $ref: Type.String({ pattern: '^#/' }) },
	{ additionalProperties: false },
);

/** A whole value by reference, or a literal. */
const orReference = (literal: TSchema) => Type.Union([literal, Alias, PointerReference]);
/** A part that has no token type of its own: only a pointer can reach it (Format §7.3). */
const orPointer = (literal: TSchema) => Type.Union([literal, PointerReference]);
const closed = { additionalProperties: false };

const component = (options: { minimum?: number; maximum?: number; exclusiveMaximum?: number }) =>
	orPointer(Type.Union([Type.Number(options), Type.Literal('none')]));
const unit = component({ minimum: 0, maximum: 1 });
const percent = component({ minimum: 0, maximum: 100 });
const hue = component({ minimum: 0, exclusiveMaximum: 360 });
const chroma = component({ minimum: 0 });
const axis = component({});

const color = (spaces: string[], components: TSchema[]) =>
	Type.Object(
		{
			colorSpace: Type.Enum(spaces),
			components: orPointer(Type.Tuple(components)),
			alpha: Type.Optional(orPointer(Type.Number({ minimum: 0, maximum: 1 }))),
			hex: Type.Optional(orPointer(Type.String({ pattern: '^#[0-9a-fA-F]{6}$' }))),
		},
		closed,
	);

const RGB_AND_XYZ = [
	'srgb',
	'srgb-linear',
	'display-p3',
	'a98-rgb',
	'prophoto-rgb',
	'rec2020',
	'xyz-d65',
	'xyz-d50',
];

/** Color Module §4.2, the table of spaces with the range of each component. */
const Color = Type.Union([
	color(RGB_AND_XYZ, [unit, unit, unit]),
	color(['hsl', 'hwb'], [hue, percent, percent]),
	color(['lab'], [percent, axis, axis]),
	color(['lch'], [percent, chroma, hue]),
	color(['oklab'], [unit, axis, axis]),
	color(['oklch'], [unit, chroma, hue]),
	Type.Object(
		{
			colorSpace: PointerReference,
			components: orPointer(Type.Array(axis)),
			alpha: Type.Optional(orPointer(Type.Number({ minimum: 0, maximum: 1 }))),
			hex: Type.Optional(orPointer(Type.String({ pattern: '^#[0-9a-fA-F]{6}$' }))),
		},
		closed,
	),
]);

/** §8.2 */
const Dimension = Type.Object(
	{ value: orPointer(Type.Number()), unit: orPointer(Type.Enum(['px', 'rem'])) },
	closed,
);

/** §8.3; a name in braces would be a reference. */
const FontName = Type.String({ pattern: '^(?!\\{[^{}]*\\}$)' });
const FontFamily = Type.Union([FontName, Type.Array(orPointer(FontName), { minItems: 1 })]);

/** §8.4 */
const FontWeight = Type.Union([
	Type.Number({ minimum: 1, maximum: 1000 }),
	Type.Enum([
		'thin',
		'hairline',
		'extra-light',
		'ultra-light',
		'light',
		'normal',
		'regular',
		'book',
		'medium',
		'semi-bold',
		'demi-bold',
		'bold',
		'extra-bold',
		'ultra-bold',
		'black',
		'heavy',
		'extra-black',
		'ultra-black',
	]),
]);

/** §8.5 */
const Duration = Type.Object(
	{ value: orPointer(Type.Number()), unit: orPointer(Type.Enum(['ms', 's'])) },
	closed,
);

/** §8.6; the x coordinates lie in [0, 1]. */
const abscissa = orReference(Type.Number({ minimum: 0, maximum: 1 }));
const ordinate = orReference(Type.Number());
const CubicBezier = Type.Tuple([abscissa, ordinate, abscissa, ordinate]);

/** §9.3 */
const StrokeStyle = Type.Union([
	Type.Enum(['solid', 'dashed', 'dotted', 'double', 'groove', 'ridge', 'outset', 'inset']),
	Type.Object(
		{
			dashArray: orPointer(Type.Array(orReference(Dimension), { minItems: 1 })),
			lineCap: orPointer(Type.Enum(['round', 'butt', 'square'])),
		},
		closed,
	),
]);

/** §9.4 */
const Border = Type.Object(
	{ color: orReference(Color), width: orReference(Dimension), style: orReference(StrokeStyle) },
	closed,
);

/** §9.5 */
const Transition = Type.Object(
	{
		duration: orReference(Duration),
		delay: orReference(Duration),
		timingFunction: orReference(CubicBezier),
	},
	closed,
);

/** §9.6 */
const ShadowLayer = Type.Object(
	{
		color: orReference(Color),
		offsetX: orReference(Dimension),
		offsetY: orReference(Dimension),
		blur: orReference(Dimension),
		spread: orReference(Dimension),
		inset: Type.Optional(orPointer(Type.Boolean())),
	},
	closed,
);
const Shadow = Type.Union([ShadowLayer, Type.Array(orReference(ShadowLayer), { minItems: 1 })]);

/** §9.7; a position outside [0, 1] is read as if clamped, so it is no fault. */
const GradientStop = Type.Object({ color: orReference(Color), position: orReference(Type.Number()) }, closed);
const Gradient = Type.Array(orReference(GradientStop), { minItems: 1 });

/** §9.8 */
const Typography = Type.Object(
	{
		fontFamily: orReference(FontFamily),
		fontSize: orReference(Dimension),
		fontWeight: orReference(FontWeight),
		letterSpacing: orReference(Dimension),
		lineHeight: orReference(Type.Number()),
	},
	closed,
);

/** The types of Format 2025.10, each with the schema of its literals and the paragraph that rules it. */
export const TOKEN_TYPES = {
	color: { schema: Color, rule: 'DTCG Color 2025.10 §4.1' },
	dimension: { schema: Dimension, rule: 'DTCG Format 2025.10 §8.2' },
	fontFamily: { schema: FontFamily, rule: 'DTCG Format 2025.10 §8.3' },
	fontWeight: { schema: FontWeight, rule: 'DTCG Format 2025.10 §8.4' },
	duration: { schema: Duration, rule: 'DTCG Format 2025.10 §8.5' },
	cubicBezier: { schema: CubicBezier, rule: 'DTCG Format 2025.10 §8.6' },
	number: { schema: Type.Number(), rule: 'DTCG Format 2025.10 §8.7' },
	strokeStyle: { schema: StrokeStyle, rule: 'DTCG Format 2025.10 §9.3' },
	border: { schema: Border, rule: 'DTCG Format 2025.10 §9.4' },
	transition: { schema: Transition, rule: 'DTCG Format 2025.10 §9.5' },
	shadow: { schema: Shadow, rule: 'DTCG Format 2025.10 §9.6' },
	gradient: { schema: Gradient, rule: 'DTCG Format 2025.10 §9.7' },
	typography: { schema: Typography, rule: 'DTCG Format 2025.10 §9.8' },
} as const;

export type TokenType = keyof typeof TOKEN_TYPES;

/** Whether a word is a type of Format 2025.10. */
export function isTokenType(word: string | undefined): word is TokenType {
	return word !== undefined && Object.hasOwn(TOKEN_TYPES, word);
}

/**
 * The type that a reference must have at a place within a value: `PARTS.border.color` is `color`. The key `*` stands
 * for every element of an array.
 */
export const PARTS: { readonly [type: string]: { readonly [member: string]: string } } = {
	cubicBezier: { '*': 'number' },
	fontFamily: { '*': 'fontFamily' },
	strokeStyle: { dashArray: 'dashArray' },
	dashArray: { '*': 'dimension' },
	border: { color: 'color', width: 'dimension', style: 'strokeStyle' },
	transition: { duration: 'duration', delay: 'duration', timingFunction: 'cubicBezier' },
	shadow: {
		'*': 'shadow',
		color: 'color',
		offsetX: 'dimension',
		offsetY: 'dimension',
		blur: 'dimension',
		spread: 'dimension',
	},
	gradient: { '*': 'gradient', color: 'color', position: 'number' },
	typography: {
		fontFamily: 'fontFamily',
		fontSize: 'dimension',
		fontWeight: 'fontWeight',
		letterSpacing: 'dimension',
		lineHeight: 'number',
	},
};
