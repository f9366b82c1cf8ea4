#!/bin/sh
# Makes a certificate on the first start; put certificate.pem and key.pem of your own into the volume to replace it.
set -eu
if [ ! -s /tls/key.pem ]; then
  host=$(printf '%s' "${LINGHANG_PUBLIC_URL:-https://localhost}" | sed -E 's#^[a-z]+://##; s#[:/].*$##')
  case $host in *[!0-9.]*) kind=DNS ;; *) kind=IP ;; esac
  umask 077
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 -subj "/CN=$host" \
    -addext "subjectAltName=$kind:$host" -keyout /tls/key.new -out /tls/certificate.pem 2>/dev/null
  mv /tls/key.new /tls/key.pem
  echo "gateway: made a certificate for $host"
fi
exec nginx -c /etc/linghang/nginx.conf -e stderr -g 'daemon off;'
