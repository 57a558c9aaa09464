// Command network-policies enforces the NetworkPolicies of a cluster on the node that it runs on: it answers for each
// packet that iptables queues. The official program runs in a pod, and queues by an expression of nftables that not every
// kernel has. It ends when containerd does, and has to be started again: nothing gets through meanwhile.
package main

import (
	"context"
	"flag"
	"os/signal"
	"syscall"

	nri "github.com/containerd/nri/pkg/api"
	"github.com/containerd/nri/pkg/stub"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"

	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "how to reach the API server")
	node := flag.String("node", "", "the name of the node")
	queue := flag.Int("queue", 100, "the number of the queue that iptables fills")
	klog.InitFlags(nil)
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *kubeconfig, *node, *queue); err != nil {
		klog.Exit(err)
	}
}

func run(ctx context.Context, kubeconfig, node string, queue int) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	controller, err := networkpolicy.NewController(
		client,
		factory.Networking().V1().NetworkPolicies(),
		factory.Core().V1().Namespaces(),
		factory.Core().V1().Pods(),
		nil, nil, nil, nil,
		networkpolicy.Config{NodeName: node, QueueID: queue},
	)
	if err != nil {
		return err
	}
	if err := endWithRuntime(ctx); err != nil {
		return err
	}
	factory.Start(ctx.Done())
	return controller.Run(ctx)
}

// endWithRuntime ends this program when the connection to containerd does. Before a pod starts, containerd tells the
// controller its address. The controller does not connect again after containerd was away: a new pod would be free to
// connect until the API server has its address.
func endWithRuntime(ctx context.Context) error {
	lost := stub.WithOnClose(func() { klog.Exit("containerd is away") })
	watcher, err := stub.New(started{}, stub.WithPluginName("runtime-watcher"), stub.WithPluginIdx("11"), lost)
	if err != nil {
		return err
	}
	return watcher.Start(ctx)
}

// started hears of each pod that starts, as a plugin has to hear of something.
type started struct{}

func (started) RunPodSandbox(context.Context, *nri.PodSandbox) error { return nil }
