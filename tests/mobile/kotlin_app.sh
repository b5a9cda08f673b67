# shellcheck shell=bash disable=SC2154
# The checks of kotlin.sh that are about the adapters and the app. Android's class library is that of API 23: what is newer
# is declared in kotlin_newer, and every name is looked up among those of API 36.

app=android_demo/app/src

# Both flavours. The adapter for ONNX Runtime meets the very classes that the app ships; the one for ExecuTorch declarations.
compile_app() {
    fetched android-tools fetch_android_tools
    fetched "onnxruntime-android-$unity" fetch_onnxruntime_android
    holds "manifest and resources" linked
    holds "texts are in the resources, colours have a dark form" resourceful
    holds "declarations of what is newer" newer
    local libraries=$work/newer:$android:$work/core:$work/gen
    compiled app "${for_android[@]}" -cp "$libraries:$cache/onnxruntime-android-$unity/classes.jar" \
        android_demo/onnxruntime/src/main/kotlin "$app/main/kotlin" "$app/onnxruntime/kotlin"
    compiled app-executorch "${for_android[@]}" -Xfriend-paths="$work/app" -cp "$libraries:$work/app" \
        android_demo/executorch/src/main/kotlin android_demo/executorch/src/test/kotlin/org "$app/executorch/kotlin"
}

# ONNX Runtime on the JVM reads receipts from their pixels; behind ExecuTorch's declarations are programs made of functions.
run_engines() {
    fetched "onnxruntime-$pyserini" fetch_onnxruntime
    ort=$cache/onnxruntime-$pyserini/onnxruntime.jar
    compiled checks -Xfriend-paths="$work/core,$work/app,$work/app-executorch" \
        -cp "$work/core:$work/tests:$work/app:$work/app-executorch:$ort" \
        android_demo/onnxruntime/src/test/kotlin android_demo/executorch/src/test/kotlin/edgekit "$app/check/kotlin"
    ran edgekit.onnxruntime.PixelsKt "$work/app" "$work/checks" "$ort"
    ran edgekit.executorch.ProgramsKt "$work/app-executorch" "$work/checks"
    ran edgekit.app.ChecksKt "$work/app" "$work/checks" "$ort"
}

check_app() {
    fetched "stubs-$stubs" fetch_stubs
    fetched "jsonschema-$jsonschema" fetch_jsonschema
    fetched "stdlib-dex-$kotlin" fetch_stdlib_dex
    holds "the measurement follows edgekit/bench/schema.json" valid
    holds "every name is one of API 36" "${PYTHON:-python3}" tests/mobile/api_names.py "$cache/stubs-$stubs/stubs.whl" \
        "$work/app" "$work/app-executorch" "$work/newer"
    holds "the bundle lies where the export puts it" in_step
    holds "an APK is made, signed, and verified" packaged
    holds "the APK asks for no permission" permits_nothing "$work/app.apk"
}

tool() {
    local name=$1
    shift
    LD_LIBRARY_PATH=$cache/android-tools/libraries "$cache/android-tools/bin/$name" "$@"
}

dx() {
    java -Xmx1g -cp "$cache/android-tools/com.android.dx.jar" com.android.dx.command.Main --dex --min-sdk-version=26 "$@"
}

catalogue() { sed -n "s/^$1 = \"\(.*\)\"/\1/p" android_demo/gradle/libs.versions.toml; }

# What Gradle's merger does to the manifest: the package's name, the app's id, and what is marked to be removed.
merged() {
    "${PYTHON:-python3}" - "$app/main/AndroidManifest.xml" <<'PYTHON'
import re, sys

text = re.sub(r'<uses-permission[^>]*tools:node="remove"[^>]*/>', "", open(sys.argv[1], encoding="utf-8").read())
print(text.replace("${applicationId}", "edgekit.app").replace("<manifest ", '<manifest package="edgekit.app" ', 1))
PYTHON
}

linked() {
    mkdir -p "$work/java" "$work/gen"
    merged >"$work/AndroidManifest.xml"
    tool aapt2 compile --dir "$app/main/res" -o "$work/res.zip"
    tool aapt2 link -o "$work/linked.apk" -I "$android" --manifest "$work/AndroidManifest.xml" --java "$work/java" \
        --min-sdk-version "$(catalogue minSdk)" --target-sdk-version "$(catalogue targetSdk)" --version-code 1 --version-name 0.1 "$work/res.zip"
    javac --release 8 -Xlint:-options -d "$work/gen" "$work/java/edgekit/app/R.java"
}

resourceful() {
    local written
    written=$(grep -rnE 'android:(text|hint|label|contentDescription)="[^@]' "$app/main/res" "$app/main/AndroidManifest.xml" || true)
    [ -z "$written" ] || { echo "$written"; return 1; }
    diff <(names values/colors.xml) <(names values-night/colors.xml)
    [ "$(names values/colors.xml | wc -l)" -gt 0 ]
}

names() { sed -n 's/.*<color name="\([^"]*\)".*/\1/p' "$app/main/res/$1" | sort; }

newer() {
    find tests/mobile/kotlin_newer -name '*.java' -print0 | xargs -0 javac --release 8 -Xlint:-options -cp "$android" -d "$work/newer"
}

valid() {
    PYTHONPATH=$cache/jsonschema-$jsonschema "${PYTHON:-python3}" - "$work/bench.json" edgekit/bench/schema.json <<'PYTHON'
import json, sys
from jsonschema import Draft202012Validator, ValidationError

found, schema = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
validator = Draft202012Validator(schema)
validator.validate(found)
del found["variants"][0]["reads"]
try:
    validator.validate(found)
except ValidationError:
    sys.exit(0)
sys.exit("a document without a count of reads is valid, too: nothing was checked")
PYTHON
}

in_step() {
    local place
    place=$(sed -n 's/^internal const val BUNDLE = "\(.*\)"$/\1/p' "$app/main/kotlin/edgekit/app/Readers.kt")
    grep -q "App(\"android\", .*, \"assets/$place\"," export/apps/kinds.py
    grep -q 'noCompress += listOf("onnx", "pte")' android_demo/app/build.gradle.kts
}

# The app with ONNX Runtime's classes, those of the JVM, since dx reads no newer ones, and without its library for phones.
packaged() {
    rm -rf "$work/apk"
    mkdir -p "$work/apk/assets/edgekit" "$work/ort"
    (cd "$work/ort" && unzip -qo "$ort" 'ai/onnxruntime/*.class')
    dx --output="$work/apk/classes.dex" "$work/app" "$work/core" "$work/gen" "$work/ort"
    cp "$cache/stdlib-dex-$kotlin/classes2.dex" "$work/apk"
    cp "$bundle"/* "$work/apk/assets/edgekit"
    cp "$work/linked.apk" "$work/unsigned.apk"
    (cd "$work/apk" && zip -q -n .onnx -r ../unsigned.apk .)
    tool zipalign -f 4 "$work/unsigned.apk" "$work/aligned.apk"
    keytool -genkeypair -keystore "$work/key.jks" -storepass android -keypass android -alias check -dname CN=check \
        -keyalg RSA -keysize 2048 -validity 1
    signer sign --ks "$work/key.jks" --ks-pass pass:android --min-sdk-version 26 --out "$work/app.apk" "$work/aligned.apk"
    signer verify --min-sdk-version 26 "$work/app.apk"
    tool zipalign -c 4 "$work/app.apk"
    say "app.apk: $(stat -c %s "$work/app.apk") bytes"
}

signer() {
    java -cp "$cache/android-tools/apksigner.jar:$cache/android-tools/apksig.jar" com.android.apksigner.ApkSignerTool "$@"
}

# Of the app, and of the library that Gradle would merge into it.
permits_nothing() {
    tool aapt2 dump permissions "$1" | tee "$work/permissions"
    grep -q '^package: edgekit.app$' "$work/permissions"
    [ "$(grep -c permission "$work/permissions" "$cache/onnxruntime-android-$unity/AndroidManifest.xml" | grep -vc ':0$')" = 0 ]
}
