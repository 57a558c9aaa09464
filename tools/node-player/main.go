// Command node-player plays the kubelets, cadvisors and node-exporters of many nodes from what those of one node exposed
// once. A node has an address of its own, 127.77.X.Y, and every address of that range answers, as node X*250+Y-1.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"log"
	"math/big"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/prometheus/common/expfmt"
)

func main() {
	recordings := flag.String("expositions", "", "the folder of the recordings, JOB.txt.gz")
	pods := flag.Int("pods", 30, "pods of a node")
	kubeletPort := flag.String("kubelet-port", "", "where kubelet and cadvisor answer, with TLS")
	exporterPort := flag.String("node-exporter-port", "", "where node-exporter answers")
	flag.Parse()
	at := func(job string) *stage {
		played, err := load(filepath.Join(*recordings, job+".txt.gz"), *pods)
		if err != nil {
			log.Fatal(err)
		}
		return played
	}
	kubelet, exporter := http.NewServeMux(), http.NewServeMux()
	kubelet.HandleFunc("/metrics", at("kubelet").serve)
	kubelet.HandleFunc("/metrics/cadvisor", at("cadvisor").serve)
	exporter.HandleFunc("/metrics", at("node-exporter").serve)
	failed := make(chan error)
	go func() { failed <- http.ListenAndServe(":"+*exporterPort, exporter) }()
	go func() {
		certificate, err := selfSigned()
		if err != nil {
			failed <- err
			return
		}
		// Without HTTP/2: Prometheus asks for one answer at a time.
		config := &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"http/1.1"}}
		server := &http.Server{Addr: ":" + *kubeletPort, Handler: kubelet, TLSConfig: config}
		failed <- server.ListenAndServeTLS("", "")
	}()
	log.Fatal(<-failed)
}

// serve answers as client_golang does: in the form that is asked for, and compressed.
func (played *stage) serve(response http.ResponseWriter, request *http.Request) {
	node, ok := nodeOf(request)
	if !ok {
		http.NotFound(response, request)
		return
	}
	now := played.act(node, time.Now())
	defer played.scenes.Put(now)
	format := expfmt.Negotiate(request.Header)
	response.Header().Set("Content-Type", string(format))
	encoder := expfmt.NewEncoder(response, format)
	if strings.Contains(request.Header.Get("Accept-Encoding"), "gzip") {
		response.Header().Set("Content-Encoding", "gzip")
		// What compressing takes is not measured, and others need the machine.
		packed, _ := gzip.NewWriterLevel(response, gzip.BestSpeed)
		defer packed.Close()
		encoder = expfmt.NewEncoder(packed, format)
	}
	for _, family := range now.families {
		if err := encoder.Encode(family); err != nil {
			return
		}
	}
}

// nodeOf is the number of the node whose address was asked.
func nodeOf(request *http.Request) (int, bool) {
	address, ok := request.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if !ok {
		return 0, false
	}
	ip := address.IP.To4()
	if ip == nil || ip[0] != 127 || ip[1] != 77 {
		return 0, false
	}
	return int(ip[2])*250 + int(ip[3]) - 1, true
}

func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
