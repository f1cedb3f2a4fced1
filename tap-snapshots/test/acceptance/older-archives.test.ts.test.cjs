/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/acceptance/older-archives.test.ts > TAP > older archives > 1.0 is imported by both steps, its records as 2.0 has them > the records as they are answered 1`] = `
Array [
  Object {
    "created_at": "2024-05-01T10:00:00Z",
    "description": "a \\"quoted\\" [text] {x}",
    "path": "space.small",
    "theme": "018f3b60-0000-7000-8000-000000000001",
    "type": "number",
    "updated_at": "2024-06-01T10:00:00.000Z",
    "uuid": "018f3b60-0000-7000-8000-000000000010",
    "value": 4,
    "version": 1,
  },
  Object {
    "created_at": "2024-05-01T10:00:00Z",
    "path": "space.large",
    "theme": "018f3b60-0000-7000-8000-000000000001",
    "type": "number",
    "updated_at": "2024-06-01T10:00:00.000Z",
    "uuid": "74e20286-8797-5bb9-988e-5371f046f279",
    "value": "{space.small}",
    "version": 1,
  },
]
`
