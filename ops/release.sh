#!/usr/bin/env bash
# Makes a release: CHANGELOG.md, the version in package.json and the OpenAPI document, one commit, one tag. Does not push.
#   ops/release.sh [--dry-run] <version>
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "release: $1" >&2
  exit 1
}

dry_run=false
version=
for argument in "$@"; do
  case "$argument" in
    --dry-run) dry_run=true ;;
    -*) fail "there is no option $argument" ;;
    *) [ -z "$version" ] || fail "one version, not two"; version=$argument ;;
  esac
done
[ -n "$version" ] || fail "usage: ops/release.sh [--dry-run] <version>"
[[ "$version" =~ ^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?$ ]] ||
  fail "$version is not a version such as 1.2.3"

tag="v$version"
date=$(date -u +%F)

[ -z "$(git status --porcelain)" ] || fail "the tree is not clean; commit or remove what git status shows"
! git rev-parse -q --verify "refs/tags/$tag" >/dev/null || fail "the tag $tag exists"
[ "$(grep -c '^## \[Unreleased\]$' CHANGELOG.md)" = 1 ] || fail "CHANGELOG.md needs one section [Unreleased]"
! grep -qF "## [$version]" CHANGELOG.md || fail "CHANGELOG.md has a section [$version]"
unreleased=$(awk '/^## /{on = ($0 == "## [Unreleased]"); next} on' CHANGELOG.md)
grep -q '^- ' <<<"$unreleased" || fail "the section [Unreleased] of CHANGELOG.md has no entries"
[ -x node_modules/.bin/redocly ] || fail "run npm ci first: the OpenAPI document holds the version and is written anew"

if $dry_run; then
  echo "Would release $version as $tag on $(git rev-parse --abbrev-ref HEAD) ($(git rev-parse --short HEAD)):"
  echo "- package.json, package-lock.json: $(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json) → $version"
  echo "- openapi/openapi.json: written anew"
  echo "- CHANGELOG.md: [Unreleased] becomes [$version] - $date:"
  echo "$unreleased"
  exit 0
fi

# Until the commit exists, a failure puts everything back. The tree was clean, so nothing else is lost.
files=(CHANGELOG.md package.json package-lock.json openapi/openapi.json)
undo() {
  git restore --staged --worktree -- "${files[@]}"
  echo "release: failed; nothing was changed" >&2
}
trap undo ERR

npm version --no-git-tag-version --allow-same-version --ignore-scripts "$version" >/dev/null
npm run --silent openapi
changelog=$(awk -v heading="## [$version] - $date" \
  '{print} $0 == "## [Unreleased]" {print ""; print heading}' CHANGELOG.md)
printf '%s\n' "$changelog" >CHANGELOG.md
git add -- "${files[@]}"
git commit -q -m "Release $version"
trap - ERR

git tag -a "$tag" -m "DSS $version"
echo "Released $version: commit $(git rev-parse --short HEAD), tag $tag. Push both: git push --follow-tags"
