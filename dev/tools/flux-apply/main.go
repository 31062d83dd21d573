// flux-apply applies manifests as Flux's kustomize-controller does, with the library that it is made of: objects in stages, by
// server-side apply with a dry run before it, drift found and mended, and then a wait until kstatus calls all of them current.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/fluxcd/cli-utils/pkg/kstatus/polling"
	"github.com/fluxcd/pkg/ssa"
	"github.com/fluxcd/pkg/ssa/normalize"
	ssautil "github.com/fluxcd/pkg/ssa/utils"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
)

const usage = "usage: flux-apply apply|diff|wait|delete FILE (KUBECONFIG names the cluster)"

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf(usage))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if err := run(ctx, os.Args[1], os.Args[2]); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func run(ctx context.Context, verb, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	objects, err := ssautil.ReadObjects(file)
	if err != nil {
		return err
	}
	manager, err := newManager()
	if err != nil {
		return err
	}
	if err := normalize.UnstructuredList(objects); err != nil {
		return err
	}
	switch verb {
	case "apply":
		changes, err := manager.ApplyAllStaged(ctx, objects, ssa.DefaultApplyOptions())
		if err != nil {
			return err
		}
		report(changes)
		return nil
	case "diff":
		for _, object := range objects {
			entry, _, _, err := manager.Diff(ctx, object, ssa.DefaultDiffOptions())
			if err != nil {
				return err
			}
			fmt.Println(entry.String())
		}
		return nil
	case "wait":
		return manager.Wait(objects, ssa.WaitOptions{Interval: 200 * time.Millisecond, Timeout: time.Minute})
	case "delete":
		changes, err := manager.DeleteAll(ctx, objects, ssa.DefaultDeleteOptions())
		if err != nil {
			return err
		}
		report(changes)
		return manager.WaitForTermination(objects, ssa.WaitOptions{Interval: 200 * time.Millisecond, Timeout: time.Minute})
	default:
		return fmt.Errorf(usage)
	}
}

func report(changes *ssa.ChangeSet) {
	for _, entry := range changes.Entries {
		fmt.Println(entry.String())
	}
}

func newManager() (*ssa.ResourceManager, error) {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return nil, err
	}
	httpClient, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, err
	}
	mapper, err := apiutil.NewDynamicRESTMapper(config, httpClient)
	if err != nil {
		return nil, err
	}
	kube, err := client.New(config, client.Options{Mapper: mapper})
	if err != nil {
		return nil, err
	}
	poller := polling.NewStatusPoller(kube, mapper, polling.Options{})
	return ssa.NewResourceManager(kube, poller, ssa.Owner{Field: "kustomize-controller", Group: "kustomize.toolkit.fluxcd.io"}), nil
}
