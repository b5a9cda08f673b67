plugins {
    alias(libs.plugins.android.application)
}

android {
    namespace = "edgekit.app"
    compileSdk = libs.versions.compileSdk.get().toInt()

    defaultConfig {
        applicationId = "edgekit.app"
        minSdk = libs.versions.minSdk.get().toInt()
        targetSdk = libs.versions.targetSdk.get().toInt()
        versionCode = 1
        versionName = "0.1"
        ndk {
            abiFilters += listOf("arm64-v8a", "x86_64")
        }
    }

    // An app needs one engine; both would double its size.
    flavorDimensions += "engine"
    productFlavors {
        create("onnxruntime") {
            dimension = "engine"
            isDefault = true
        }
        create("executorch") {
            dimension = "engine"
            applicationIdSuffix = ".executorch"
        }
    }

    // The core and the adapters are compiled as they lie beside the app: copy them, and these lines go.
    sourceSets {
        getByName("main").kotlin.directories.add(rootProject.file("core/src/main/kotlin").path)
        getByName("onnxruntime").kotlin.directories.add(rootProject.file("onnxruntime/src/main/kotlin").path)
        getByName("executorch").kotlin.directories.add(rootProject.file("executorch/src/main/kotlin").path)
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }

    // Weights do not shrink, and a file that is not packed is read where it lies.
    androidResources {
        noCompress += listOf("onnx", "pte")
    }

    buildTypes {
        release {
            isMinifyEnabled = false
        }
    }
}

dependencies {
    "onnxruntimeImplementation"(libs.onnxruntime)
    "executorchImplementation"(libs.executorch)
}
