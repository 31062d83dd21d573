// argo-sync synchronizes manifests as Argo CD's application controller does, with the engine that it is made of: a cache of everything
// that is served, by discovery, list and watch; a three-way diff; a dry run and then kubectl's apply, in this process; health.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/cache"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/diff"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/engine"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/health"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
)

// Argo CD's mark of what an Application has.
const instanceLabel = "app.kubernetes.io/instance"

func main() {
	application := flag.String("application", "app", "name of the application")
	namespace := flag.String("namespace", "default", "namespace of objects that name none")
	serverSide := flag.Bool("server-side", false, "apply on the server")
	dryRun := flag.Bool("diff", false, "print which objects differ, and change nothing")
	flag.Parse()
	klog.SetOutput(io.Discard)
	klog.LogToStderr(false)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	run := &synchronization{*application, *namespace, *serverSide, *dryRun}
	if err := run.run(ctx, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type synchronization struct {
	application, namespace string
	serverSide, dryRun     bool
}

func (s *synchronization) run(ctx context.Context, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	targets, err := kube.SplitYAML(text)
	if err != nil {
		return err
	}
	for _, target := range targets {
		labels := target.GetLabels()
		if labels == nil {
			labels = map[string]string{}
		}
		labels[instanceLabel] = s.application
		target.SetLabels(labels)
	}
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return err
	}
	clusterCache := cache.NewClusterCache(config, cache.SetLogr(logr.Discard()), cache.SetPopulateResourceInfoHandler(
		func(object *unstructured.Unstructured, _ bool) (any, bool) {
			application := object.GetLabels()[instanceLabel]
			return application, application != ""
		}))
	if s.dryRun {
		if err := clusterCache.EnsureSynced(); err != nil {
			return err
		}
		return s.diff(clusterCache, targets)
	}
	return s.sync(ctx, config, clusterCache, targets)
}

func (s *synchronization) isManaged(resource *cache.Resource) bool {
	return resource.Info == s.application
}

func (s *synchronization) diff(clusterCache cache.ClusterCache, targets []*unstructured.Unstructured) error {
	live, err := clusterCache.GetManagedLiveObjs(targets, s.isManaged)
	if err != nil {
		return err
	}
	pairs := sync.Reconcile(targets, live, s.namespace, clusterCache)
	results, err := diff.DiffArray(pairs.Target, pairs.Live, diff.WithLogr(logr.Discard()))
	if err != nil {
		return err
	}
	for index, result := range results.Diffs {
		state := "Synced"
		if result.Modified {
			state = "OutOfSync"
		}
		object := pairs.Live[index]
		if object == nil {
			object = pairs.Target[index]
		}
		status, err := health.GetResourceHealth(object, nil)
		if err != nil {
			return err
		}
		word := ""
		if status != nil {
			word = " " + string(status.Status)
		}
		fmt.Printf("%s/%s %s%s\n", object.GetKind(), object.GetName(), state, word)
	}
	return nil
}

func (s *synchronization) sync(ctx context.Context, config *rest.Config, clusterCache cache.ClusterCache, targets []*unstructured.Unstructured) error {
	gitops := engine.NewEngine(config, clusterCache, engine.WithLogr(logr.Discard()))
	stop, err := gitops.Run()
	if err != nil {
		return err
	}
	defer stop()
	results, err := gitops.Sync(ctx, targets, s.isManaged, "revision", s.namespace,
		sync.WithPrune(true), sync.WithServerSideApply(s.serverSide), sync.WithServerSideApplyManager("argocd-controller"),
		sync.WithManifestValidation(true), sync.WithLogr(logr.Discard()))
	for _, result := range results {
		fmt.Printf("%s/%s %s %s: %s\n", result.ResourceKey.Kind, result.ResourceKey.Name, result.Status, result.HookPhase, result.Message)
	}
	return err
}
