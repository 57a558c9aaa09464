package main

import (
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"regexp"
	"slices"
	"sync"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// A stage is one endpoint of every node.
type stage struct {
	began time.Time
	// Each answers one request at a time.
	scenes sync.Pool
}

// A scene is an exposition, ready to become that of any node at any time.
type scene struct {
	families []*dto.MetricFamily
	// Labels that differ from node to node: many metrics point to one.
	labels []label
	moving []func(seconds float64, node int)
	stamps []*int64
}

type label struct {
	value *string
	of    func(node int) string
}

func load(path string, pods int) (*stage, error) {
	families, err := read(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	played := &stage{began: time.Now()}
	played.scenes.New = func() any { return newScene(families, pods) }
	return played, nil
}

func read(path string) ([]*dto.MetricFamily, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	found, err := parser.TextToMetricFamilies(text)
	if err != nil {
		return nil, err
	}
	var families []*dto.MetricFamily
	for _, family := range found {
		families = append(families, family)
	}
	slices.SortFunc(families, func(a, b *dto.MetricFamily) int { return cmp.Compare(a.GetName(), b.GetName()) })
	return families, nil
}

// act makes a scene that of a node at a time.
func (played *stage) act(node int, now time.Time) *scene {
	one := played.scenes.Get().(*scene)
	for _, each := range one.labels {
		*each.value = each.of(node)
	}
	// Nodes did not begin at the same moment.
	seconds := now.Sub(played.began).Seconds() + float64(node%61)*7.3
	for _, move := range one.moving {
		move(seconds, node)
	}
	for _, stamp := range one.stamps {
		*stamp = now.UnixMilli()
	}
	return one
}

// newScene copies a recording, with as many pods in the place of those that it has.
func newScene(recorded []*dto.MetricFamily, pods int) *scene {
	made := &scene{}
	names := podsOf(recorded)
	slots := map[string]*string{}
	for _, family := range recorded {
		copied := &dto.MetricFamily{Name: family.Name, Help: family.Help, Type: family.Type}
		for _, metric := range family.Metric {
			pod := labelOf(metric, "pod")
			if pod == "" {
				copied.Metric = append(copied.Metric, made.play(family, metric, metric.Label))
				continue
			}
			for index := slices.Index(names, pod); index < pods; index += len(names) {
				copied.Metric = append(copied.Metric, made.play(family, metric, made.labelsOf(metric, index, slots)))
			}
		}
		made.families = append(made.families, copied)
	}
	return made
}

func podsOf(families []*dto.MetricFamily) []string {
	var names []string
	for _, family := range families {
		for _, metric := range family.Metric {
			if pod := labelOf(metric, "pod"); pod != "" && !slices.Contains(names, pod) {
				names = append(names, pod)
			}
		}
	}
	return names
}

func labelOf(metric *dto.Metric, name string) string {
	for _, pair := range metric.Label {
		if pair.GetName() == name {
			return pair.GetValue()
		}
	}
	return ""
}

var identity = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}`)

// labelsOf are those of a metric for the pod with that number on a node. Names are those that proof/lib/bench-scale gives.
func (made *scene) labelsOf(metric *dto.Metric, index int, slots map[string]*string) []*dto.LabelPair {
	var labels []*dto.LabelPair
	for _, pair := range metric.Label {
		recorded := pair.GetValue()
		var of func(node int) string
		switch pair.GetName() {
		case "pod":
			of = func(node int) string { return fmt.Sprintf("pod-%04d-%02d", node, index) }
		case "namespace":
			of = func(node int) string { return fmt.Sprintf("scale-%02d", node/10) }
		case "id", "name":
			of = func(node int) string {
				return identity.ReplaceAllStringFunc(recorded, func(old string) string {
					sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %d", old, node, index))
					return hex.EncodeToString(sum[:])[:len(old)]
				})
			}
		default:
			labels = append(labels, pair)
			continue
		}
		key := fmt.Sprint(pair.GetName(), " ", index, " ", recorded)
		if pair.GetName() == "pod" || pair.GetName() == "namespace" {
			key = fmt.Sprint(pair.GetName(), " ", index)
		}
		if slots[key] == nil {
			slots[key] = new(string)
			made.labels = append(made.labels, label{slots[key], of})
		}
		labels = append(labels, &dto.LabelPair{Name: pair.Name, Value: slots[key]})
	}
	return labels
}

// play copies a metric, and says how its values move: counters and histograms on, and every other large gauge up and down.
// What was zero stays zero.
func (made *scene) play(family *dto.MetricFamily, metric *dto.Metric, labels []*dto.LabelPair) *dto.Metric {
	copied := &dto.Metric{Label: labels}
	speed := hash(fmt.Sprint(family.GetName(), len(made.moving), metric.Label))
	if metric.TimestampMs != nil {
		copied.TimestampMs = new(int64)
		made.stamps = append(made.stamps, copied.TimestampMs)
	}
	number := func(start float64) *float64 {
		value := start
		return &value
	}
	switch {
	case metric.Counter != nil:
		value := number(metric.Counter.GetValue())
		copied.Counter = &dto.Counter{Value: value}
		made.grow(value, float64(speed%7)/15)
	case metric.Untyped != nil:
		copied.Untyped = &dto.Untyped{Value: metric.Untyped.Value}
	case metric.Gauge != nil:
		start := metric.Gauge.GetValue()
		value := number(start)
		copied.Gauge = &dto.Gauge{Value: value}
		if math.Abs(start) >= 1000 && speed%2 == 0 {
			made.moving = append(made.moving, func(seconds float64, node int) {
				*value = math.Round(start * (1 + 0.01*math.Sin(seconds*float64(1+speed%13)+float64(node))))
			})
		}
	case metric.Summary != nil:
		count, sum := metric.Summary.GetSampleCount(), number(metric.Summary.GetSampleSum())
		moving := count
		copied.Summary = &dto.Summary{SampleCount: &moving, SampleSum: sum, Quantile: metric.Summary.Quantile}
		made.grow(sum, 0.1)
		made.steps(count > 0, func(step uint64) { moving = count + step*uint64(speed%7) })
	case metric.Histogram != nil:
		copied.Histogram = made.histogram(metric.Histogram, speed)
	}
	return copied
}

func (made *scene) histogram(recorded *dto.Histogram, speed uint32) *dto.Histogram {
	count, sum := recorded.GetSampleCount(), recorded.GetSampleSum()
	played := &dto.Histogram{SampleCount: new(uint64), SampleSum: &sum}
	*played.SampleCount = count
	made.grow(played.SampleSum, 0.1)
	var perStep uint64
	for index, bucket := range recorded.Bucket {
		perStep += uint64((speed >> (uint(index) % 24)) % 4)
		start, rate, value := bucket.GetCumulativeCount(), perStep, bucket.GetCumulativeCount()
		played.Bucket = append(played.Bucket, &dto.Bucket{UpperBound: bucket.UpperBound, CumulativeCount: &value})
		made.steps(count > 0, func(step uint64) { value = start + step*rate })
	}
	all := perStep
	made.steps(count > 0, func(step uint64) { *played.SampleCount = count + step*all })
	return played
}

// grow lets a value rise: whole where it was whole, so much a second.
func (made *scene) grow(value *float64, perSecond float64) {
	start := *value
	if start == 0 || perSecond == 0 || math.IsNaN(start) {
		return
	}
	whole := start == math.Trunc(start)
	made.moving = append(made.moving, func(seconds float64, _ int) {
		if *value = start + seconds*perSecond; whole {
			*value = math.Trunc(*value)
		} else {
			*value += 0.0009765625 * math.Sin(seconds)
		}
	})
}

func (made *scene) steps(moves bool, move func(step uint64)) {
	if moves {
		made.moving = append(made.moving, func(seconds float64, _ int) { move(uint64(seconds / 15)) })
	}
}

func hash(text string) uint32 {
	sum := fnv.New32a()
	sum.Write([]byte(text))
	return sum.Sum32()
}
