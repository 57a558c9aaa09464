module plain-prometheus/tools/pause

go 1.26.0
