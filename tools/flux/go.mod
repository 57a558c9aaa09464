module plain-prometheus/tools/flux

go 1.26.0

require (
	github.com/fluxcd/kustomize-controller v1.9.6 // indirect
	github.com/fluxcd/source-controller v1.9.6 // indirect
)
